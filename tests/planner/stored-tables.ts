import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CatalogSnapshot,
  type CatalogTable,
  createMetrics,
  type DataType,
  DEFAULT_FORMAT,
  formatType,
  types,
  type Value,
  valueToText,
} from '@millrace/core';
import { nodeWorld } from '@millrace/core/node';
import { createParquetCodec, DeltaTable, localObjectStore } from '@millrace/delta';
import { domainOf, FIXTURE_CATALOG, FIXTURE_TABLES, type ReferenceDatabase } from '@millrace/testkit';
import type pg from 'pg';
import { inThreadWorkers } from '../../packages/delta/src/testing/in-thread-workers.ts';

/** The fixture tables that a server stores. */
export const STORED: readonly string[] = ['a', 'b', 'c', 'w', 'u'];
const PARTITIONED: Readonly<Record<string, string>> = { b: 'y', w: 'b' };
/** No table has columns of these. */
const isStorable = (type: DataType): boolean => type.kind !== 'interval' && type.kind !== 'bpchar';
/** A statement and the values of its parameters. */
export interface Query {
  readonly sql: string;
  readonly parameters: readonly Value[];
}

/** The tables, without the columns that no table can have. */
const tables: readonly CatalogTable[] = FIXTURE_TABLES.filter((table) => STORED.includes(table.name)).map((table) => ({
  ...table,
  columns: table.columns.filter((column) => isStorable(column.type)),
}));
/** The tables as the binder asks for them. */
export const catalog: CatalogSnapshot = {
  ...FIXTURE_CATALOG,
  table: (schema: string | null, name: string) =>
    schema === null || schema === 'public' ? tables.find((table) => table.name === name) : undefined,
};
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const literal = (value: Value, type: DataType): string =>
  `${value === null ? 'NULL' : quoted(valueToText(type, value, DEFAULT_FORMAT))}::${formatType(type)}`;

const COMPARISONS = Math.max(1, Math.round(Number(process.env['FUZZ_RUNS'] ?? 1)));

/** For each column: comparisons with values that stand there and others, NULL tests, lists, extremes, groups. */
export function columnQueries(database: ReferenceDatabase, random: (below: number) => number): readonly Query[] {
  const ops = ['=', '<>', '<', '<=', '>', '>=', 'IS DISTINCT FROM', 'IS NOT DISTINCT FROM'];
  return tables.flatMap(({ name, columns }) =>
    columns.flatMap(({ name: column, type }) => {
      const values = [...domainOf(type), ...(database.get(name) ?? []).map((row) => row[column] ?? null)];
      const any = (): string => literal(values[random(values.length)] ?? null, type);
      const comparisons = Array.from({ length: COMPARISONS }, () => `${column} ${ops[random(ops.length)]} ${any()}`);
      const predicates = [...comparisons, `${column} IN (${any()}, ${any()})`];
      return [
        ...predicates.map((predicate) => `SELECT * FROM ${name} WHERE ${predicate}`),
        `SELECT ${column} IS NULL, count(*) FROM ${name} GROUP BY 1`,
      ].map((sql) => ({ sql, parameters: [] }));
    }),
  );
}

/** Creates the tables, two of them partitioned. */
export async function createTables(client: pg.Client): Promise<void> {
  for (const { name, columns } of tables) {
    const fields = columns.map((column) => `${column.name} ${formatType(column.type)}`).join(', ');
    const by = PARTITIONED[name];
    await client.query(`CREATE TABLE ${name} (${fields})${by === undefined ? '' : ` PARTITION BY LIST (${by})`}`);
  }
}

/** Inserts the rows, one by one, every cell as a parameter in text. */
export async function insert(client: pg.Client, database: ReferenceDatabase): Promise<void> {
  for (const { name, columns } of tables) {
    for (const row of database.get(name) ?? []) {
      const cells = columns.map((column) => row[column.name] ?? null);
      const texts = cells.map((cell, i) =>
        cell === null ? null : valueToText(columns[i]?.type ?? types.text, cell, DEFAULT_FORMAT),
      );
      await client.query(`INSERT INTO ${name} VALUES (${columns.map((_, i) => `$${i + 1}`).join()})`, texts);
    }
  }
}

/** Runs `work` on every Delta table below the data directory, as another process would open it. */
export async function onDeltaTables(directory: string, work: (table: DeltaTable) => Promise<void>): Promise<void> {
  const { clock, random, fileSystem } = nodeWorld;
  const store = localObjectStore({ root: directory, fileSystem, random });
  const codec = createParquetCodec({ workers: inThreadWorkers });
  const root = join(directory, 'tables');
  const locations = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) =>
    existsSync(join(root, path, '_delta_log')),
  );
  try {
    for (const path of locations) {
      const table = await DeltaTable.open({ store, codec, clock, random, metrics: createMetrics() }, `tables/${path}/`);
      await work(table);
      await table.close();
    }
  } finally {
    await codec.close();
  }
}
