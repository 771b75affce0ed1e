import { cpus } from 'node:os';
import type pg from 'pg';
import { startTestServer } from '../support/test-server.ts';
import { type Candidate, measure } from './measure.ts';
import { createSubqueryTables, SUBQUERIES } from './subqueries.ts';

const ROUNDS = 5;
const COLUMNS =
  'ts timestamptz not null, project_id text not null, name text, status int4, latency float8, bytes int8, host text, ok bool, ratio float8, note text';
const COLUMN_COUNT = 10;

function row(i: number): readonly unknown[] {
  return [
    '2024-05-01 12:00:00.123456+00',
    `p${i % 7}`,
    `GET /path/${i % 50}`,
    200 + (i % 5),
    i / 7,
    String(i * 1_000_003),
    `host-${i % 20}`,
    i % 2 === 0,
    i % 3 === 0 ? null : i / 3,
    null,
  ];
}

function valuesSql(rows: number): string {
  const cells = Array.from(
    { length: rows },
    (_, r) => `(${Array.from({ length: COLUMN_COUNT }, (_, c) => `$${r * COLUMN_COUNT + c + 1}`).join(', ')})`,
  );
  return `insert into bench values ${cells.join(', ')}`;
}

function literalSql(rows: number): string {
  const literal = (value: unknown): string =>
    value === null ? 'null' : typeof value === 'string' ? `'${value}'` : String(value);
  return `insert into bench values ${Array.from({ length: rows }, (_, i) => `(${row(i).map(literal).join(', ')})`).join(', ')}`;
}

function inserts(name: string, clients: readonly pg.Client[], rows: number, statements: number): Candidate {
  const sql = valuesSql(rows);
  const values = Array.from({ length: rows }, (_, i) => row(i)).flat();
  return {
    name,
    units: rows * statements,
    async run() {
      const perClient = Math.floor(statements / clients.length);
      await Promise.all(
        clients.map(async (client) => {
          for (let i = 0; i < perClient; i++) await client.query({ name: `insert-${rows}`, text: sql, values });
        }),
      );
    },
  };
}

function query(name: string, client: pg.Client, sql: string, times: number): Candidate {
  return {
    name,
    units: times,
    async run() {
      for (let i = 0; i < times; i++) await client.query(sql);
    },
  };
}

/** The same work with the rules and without. */
type Pair = readonly [what: string, unit: string, on: Candidate, off: Candidate];

/** A first table of rates, with the rules and without. Client and server share this machine and this process; read the ratios, not the numbers. */
export async function benchRules(): Promise<void> {
  const server = await startTestServer();
  try {
    const withRules = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
    const withoutRules = await Promise.all(Array.from({ length: 8 }, () => server.connect()));
    for (const client of withoutRules) await client.query(`set millrace.disabled_rules = 'all'`);
    const [rules, noRules] = [withRules[0]!, withoutRules[0]!];
    await rules.query(`create table bench (${COLUMNS}) partition by list (project_id)`);

    const insertPair = (connections: number, rows: number, statements: number): Pair => [
      `INSERT, ${rows} row${rows === 1 ? '' : 's'} prepared, ${connections} connection${connections === 1 ? '' : 's'}`,
      'rows/s',
      inserts('on', withRules.slice(0, connections), rows, statements),
      inserts('off', withoutRules.slice(0, connections), rows, statements),
    ];
    const pairs: readonly Pair[] = [
      insertPair(1, 1, 300),
      insertPair(8, 1, 800),
      insertPair(1, 100, 40),
      insertPair(8, 100, 80),
      [
        'INSERT, 100 rows plain text',
        'rows/s',
        { ...query('on', rules, literalSql(100), 20), units: 2_000 },
        { ...query('off', noRules, literalSql(100), 20), units: 2_000 },
      ],
    ];
    const table: string[][] = [['what', 'unit', 'with rules', 'without', 'ratio']];
    const add = async ([what, unit, on, off]: Pair): Promise<void> => {
      const [a, b] = await measure([on, off], ROUNDS);
      const [x, y] = [a?.unitsPerSecond ?? 0, b?.unitsPerSecond ?? 0];
      table.push([what, unit, x.toFixed(x < 100 ? 1 : 0), y.toFixed(y < 100 ? 1 : 0), (x / y).toFixed(2)]);
    };
    for (const pair of pairs) await add(pair);
    await rules.query('checkpoint');
    const [count] = (await rules.query('select count(*) from bench')).rows as { count: string }[];
    const selects: readonly (readonly [string, string])[] = [
      ['SELECT one partition, one column', `select sum(bytes) from bench where project_id = 'p3'`],
      ['SELECT group by', 'select name, count(*), avg(latency) from bench group by name'],
      ['SELECT top 10', 'select name, latency from bench order by latency desc, name limit 10'],
      ['SELECT limit 10', 'select * from bench limit 10'],
    ];
    for (const [what, sql] of selects)
      await add([what, 'queries/s', query('on', rules, sql, 3), query('off', noRules, sql, 3)]);
    const [noInference] = withoutRules.slice(1) as [pg.Client];
    await noInference.query(`set millrace.disabled_rules = 'infer-predicates'`);
    for (const [what, sql] of await partitionedTables(rules)) {
      const label = `${what}, infer-predicates alone: ${await filesRead(rules, sql)} of ${await filesRead(noInference, sql)} files`;
      await add([label, 'queries/s', query('on', rules, sql, 3), query('off', noInference, sql, 3)]);
    }
    await createSubqueryTables(rules);
    for (const [what, sql] of SUBQUERIES)
      await add([`SELECT ${what}`, 'queries/s', query('on', rules, sql, 3), query('off', noRules, sql, 1)]);
    print(table);
    console.log(
      `\n${count?.count} rows of ${COLUMN_COUNT} columns; ${cpus().length} x ${cpus()[0]?.model}; Node ${process.version}; medians of up to ${ROUNDS} interleaved runs,`,
    );
    console.log(
      'node-pg as client in the same process; every acknowledged insert was fsynced; queries read Parquet from Delta.',
    );
  } finally {
    await server.close();
  }
}

const DAYS = 60;

/** A range of one and a half days of 60, as a range of time, where the log has bounds of that column and where it has none. */
async function partitionedTables(client: pg.Client): Promise<readonly (readonly [what: string, sql: string])[]> {
  const others = Array.from({ length: 32 }, (_, i) => `c${i} int4`).join(', ');
  const time = `ts timestamptz, n int8, day date generated always as ((ts at time zone 'UTC')::date) stored`;
  const columns = { days: time, wide_days: `${others}, ${time}` };
  for (const [name, list] of Object.entries(columns)) {
    await client.query(`create table ${name} (${list}) partition by list (day)`);
    await client.query(`insert into ${name} (ts, n)
      select timestamptz '2024-01-01 00:00Z' + g * interval '1 minute', g from generate_series(0, ${DAYS * 1440 - 1}) g`);
  }
  await client.query('checkpoint');
  const sql = (name: string): string =>
    `select count(*), sum(n) from ${name} where ts >= '2024-02-01 12:00Z' and ts < '2024-02-03 00:00Z'`;
  return [
    ['SELECT a range of time, bounds in the log', sql('days')],
    ['SELECT a range of time, no bounds', sql('wide_days')],
  ];
}

/** As EXPLAIN ANALYZE says. */
async function filesRead(client: pg.Client, sql: string): Promise<string> {
  const { rows } = await client.query({ text: `explain analyze ${sql}`, rowMode: 'array' });
  return /files read (\d+)/.exec(rows.flat().join('\n'))?.[1] ?? '?';
}

function print(table: readonly (readonly string[])[]): void {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of table) {
    console.log(
      line
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    );
  }
}
