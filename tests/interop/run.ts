// Writes tables with millrace, through SQL, and reads them with engines that share no code with it: `npm run interop`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RawClient } from '../support/raw-client.ts';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import {
  type CanonicalRows,
  chdbReader,
  deltalakeReader,
  normalize,
  type Reader,
  type StoredInteropTable,
} from './readers.ts';
import { type ColumnKind, INTEROP_TABLES, type InteropColumn, type InteropTable } from './tables.ts';

let failures = 0;
let passed = 0;

function check(what: string, actual: unknown, expected: unknown): void {
  if (JSON.stringify(actual) === JSON.stringify(expected)) {
    passed++;
    return;
  }
  failures++;
  console.error(`FAILED: ${what}\n  expected ${JSON.stringify(expected)}\n  got      ${JSON.stringify(actual)}`);
}

function sorted(table: InteropTable, rows: CanonicalRows): readonly string[] {
  return rows
    .map((row) => JSON.stringify(row.map((text, index) => normalize(table.columns[index]?.kind ?? 'text', text))))
    .sort();
}

/** What a reader must give back; a limit of the reader itself is named where it is (`Reader`). */
function expectedText(reader: Reader, kind: ColumnKind | undefined, text: string | null): string | null {
  return text === null && kind === 'array' && reader.readsNullArraysAsEmpty ? '[]' : text;
}

function definition({ name, type, generatedAs }: InteropColumn): string {
  return `${name} ${type}${generatedAs === undefined ? '' : ` generated always as (${generatedAs}) stored`}`;
}

async function write(server: TestServer): Promise<readonly StoredInteropTable[]> {
  const client = await server.connect();
  const stored: StoredInteropTable[] = [];
  for (const table of INTEROP_TABLES) {
    const columns = table.columns.map(definition).join(', ');
    const given = table.columns.filter((column) => column.generatedAs === undefined).map((column) => column.name);
    const isGiven = (_: unknown, index: number): boolean => table.columns[index]?.generatedAs === undefined;
    const partition = table.partitionBy.length === 0 ? '' : ` partition by list (${table.partitionBy.join(', ')})`;
    await client.query(`create table ${table.name} (${columns})${partition}`);
    for (const rows of table.commits) {
      const values = rows
        .map(
          (row) =>
            `(${row
              .filter(isGiven)
              .map((value) => value.sql)
              .join(', ')})`,
        )
        .join(', ');
      await client.query(`insert into ${table.name} (${given.join(', ')}) values ${values}`);
      await client.query(`call flush('${table.name}')`);
    }
    const location = server.server.engine.tables.find((entry) => entry.name === table.name)?.location;
    stored.push({ table, path: join(server.directory, location ?? 'missing').replace(/\/$/, '') });
  }
  return stored;
}

/** What millrace itself answers, text by text, so that both directions are compared with the same expectations. */
async function readBack(server: TestServer): Promise<void> {
  const client = await server.connect();
  for (const table of INTEROP_TABLES) {
    const [count] = await rowsOf(client, `select count(*) from ${table.name}`);
    check(`millrace counts ${table.name}`, count, [String(table.commits.flat().length)]);
  }
  await readBinary(server);
  for (const big of ['9007199254740993', '9223372036854775807', '-9223372036854775808']) {
    check(`millrace finds ${big}`, await rowsOf(client, 'select i8 from all_types where i8 = $1', [big]), [[big]]);
  }
}

/** int8 in binary format, both ways: eight bytes in network order. */
async function readBinary(server: TestServer): Promise<void> {
  const client = await RawClient.connect(server.port);
  for (const big of [9007199254740993n, 9223372036854775807n, -9223372036854775808n]) {
    const parameter = Buffer.alloc(8);
    parameter.writeBigInt64BE(big);
    const rows = await client.query('select i8 from all_types where i8 = $1', [parameter]);
    check(
      `millrace finds ${big} in binary`,
      rows.map(([value]) => String(value?.readBigInt64BE(0))),
      [String(big)],
    );
  }
  client.close();
}

function checkLog(stored: readonly StoredInteropTable[]): void {
  for (const { table, path } of stored) {
    const log = readdirSync(join(path, '_delta_log'));
    const commits = log.filter((name) => /^\d{20}\.json$/.test(name));
    check(`${table.name} has a commit for its creation and each flush`, commits.length, table.commits.length + 1);
    if (table.name === 'many_commits') {
      check(
        'many_commits has a checkpoint',
        log.some((name) => /^\d{20}\.checkpoint\.parquet$/.test(name)),
        true,
      );
    }
    const text = commits.map((name) => readFileSync(join(path, '_delta_log', name), 'utf8')).join('');
    const hasGenerated = table.columns.some((column) => column.generatedAs !== undefined);
    check(
      `${table.name} says whether writers must compute columns`,
      /"minReaderVersion":1,"minWriterVersion":7.*"millrace\.generatedColumns"/.test(text),
      hasGenerated,
    );
    if (table.name !== 'all_types') continue;
    for (const exact of ['9007199254740993', '9223372036854775807', '-9223372036854775808']) {
      check(`the statistics hold ${exact} exactly`, text.includes(`\\"i8\\":${exact}`), true);
    }
  }
}

async function main(): Promise<void> {
  const server = await startTestServer();
  try {
    const stored = await write(server);
    await readBack(server);
    checkLog(stored);
    for (const reader of [chdbReader(), deltalakeReader()]) {
      if (reader.unavailable !== null) {
        console.log(`SKIPPED ${reader.name}: ${reader.unavailable}`);
        continue;
      }
      const results = reader.read(stored);
      for (const [index, { table }] of stored.entries()) {
        const expected = table.commits
          .flat()
          .map((row) => row.map((value, column) => expectedText(reader, table.columns[column]?.kind, value.text)));
        check(`${reader.name} reads ${table.name}`, sorted(table, results[index] ?? []), sorted(table, expected));
      }
      console.log(`${reader.name}: ${stored.length} tables compared row by row`);
    }
  } finally {
    await server.close();
  }
  console.log(`interop: ${passed} passed, ${failures} failed`);
  process.exitCode = failures === 0 ? 0 : 1;
}

await main();
