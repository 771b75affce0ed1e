import { type Expr, types } from '@millrace/core';
import { columnExpr, columnsOf, defineAnalyzerRule, rewriteUp } from '@millrace/planner';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';

// A plain-text INSERT stores the same rows, or fails with the same words at the same position, whether its literals are lifted or not.

const COLUMNS: readonly (readonly [type: string, right: readonly string[], wrong: readonly string[]])[] = [
  ['int2', ['1', '-32768', `'7'`, `' 8 '`], ['32768', '1.5', `'x'`, '1e2', 'true']],
  ['int4', ['0', '-1', '2147483647', `'-5'`, '007'], ['2147483648', '-2147483649', `'1.5'`, '2.5', '1.']],
  ['int8', ['9223372036854775807', '-9223372036854775808', `'12'`], ['9223372036854775808', '1e3', `''`]],
  [
    'float8',
    ['1', '-0', '-0.0', '.5', '1e-7', '0.1428571428571428', '12345678901234567890123', '1e99', `'-0'`, `'NaN'`],
    ['1e999', `'1e999'`, 'null.5', `'a'`],
  ],
  [
    'float4',
    ['1', '0.1', '16777217', '1e10', '3.4028235e38', '123456.789', '0.30000001192092896'],
    ['1e39', '1e-60', `'1e400'`],
  ],
  [
    'numeric',
    ['1.50', '-0.00', '1e3', '1.', '00.100', '12345678901234567890.12345678901234567890123', `'NaN'`],
    [`'1,5'`, `''`],
  ],
  ['numeric(5,2)', ['1.005', '-999.99', '1', `'1e2'`], ['1000', '999.995', `'1000'`]],
  [
    'text',
    [
      `''`,
      `'it''s'`,
      `''''`,
      `'a;b,(c)--d/*'`,
      `'\\n'`,
      `'äöü😀'`,
      `E'\\x41\\n'`,
      `U&'\\00e4'`,
      `$$dollar$$`,
      `'a'\n'b'`,
      '007',
      '1.50',
      '-5',
      '1e3',
      'true',
    ],
    [`'a' 'b'`, `'open`],
  ],
  ['varchar(3)', [`'abc'`, `'abc   '`, `'äöü'`, '123'], [`'abcd'`, '1234']],
  ['bool', ['true', 'FALSE', `'t'`, `'off'`, 'null'], [`'maybe'`, '1', '0', 'truex']],
  [
    'date',
    [`'2024-02-29'`, `date '2024-01-01'`, `'infinity'`, `'2024-01-01'::date`],
    [`'2023-02-29'`, '20240101', `'soon'`],
  ],
  ['timestamp', [`'2024-01-01 12:00:00.123456'`, `'epoch'`], [`'2024-13-01'`, '5']],
  [
    'timestamptz',
    [`'2024-01-01 12:00+02'`, `'2024-06-01 12:00 Europe/Berlin'`, `'now'`, `'2024-01-01 12:00'`],
    [`'2024-01-01 25:00'`],
  ],
  ['uuid', [`'00000000-0000-4000-8000-00000000ABCD'`], [`'nope'`, '1']],
  ['bytea', [`'\\x00ff'`, `'a\\000b'`], [`'\\xf'`, `X'00'`]],
  ['json', [`'{"b" : 1}'`, `'null'`], [`'{'`, '1']],
  ['jsonb', [`'{"b": 1, "a": [2.50]}'`, `'[1]'::jsonb`], [`'{'`, '1', 'true']],
  ['int4[]', [`'{1,NULL,3}'`, `'{}'`, 'array[1, 2]'], [`'{1,x}'`, '1']],
  ['text[]', [`'{a,"b c"}'`, `'{{a},{b}}'`], [`'{'`]],
];
const NAMES = COLUMNS.map((_, i) => `c${i}`);
/** Cells of any column: literals of a form that is left to the parser, or of none. */
const ANYWHERE: readonly string[] = ['null', 'NULL', 'default', 'null /* c */', '(null)'];

let server: TestServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
  const columns = COLUMNS.map(([type], i) => `c${i} ${type}`).join(', ');
  await client.query(
    `create table t (${columns}, d int default 40 + 2, n text default 'none', s timestamptz default now(), g int8 generated always as (c2 + 1) stored)`,
  );
  await client.query('create table strict (a int not null, b text not null)');
});
afterAll(() => server.close());

const lifted = (): number => server.server.metrics.read().get('literals_lifted') ?? 0;

/** The rows of the table and what the statement said, undone. */
async function outcome(sql: string, lift: 'on' | 'off', table = 't'): Promise<unknown> {
  await client.query(`set millrace.lift_literals = ${lift}; begin`);
  try {
    const { rowCount } = await client.query(sql);
    const { rows } = await client.query({ text: `select * from ${table}`, rowMode: 'array' });
    return { rowCount, rows: rows.map((row: unknown[]) => row.map((value) => maybeNow(value))) };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code, message, position, detail, hint } = error;
    return { code, message, position, detail, hint };
  } finally {
    await client.query('rollback');
  }
}

/** Two transactions begin at two times. */
function maybeNow(value: unknown): unknown {
  const text = String(value);
  return /^2[0-9-]{9} .*\+/.test(text) && !text.startsWith('2024') ? 'now' : value;
}

const cellOf = (column: number): fc.Arbitrary<string> => {
  const [, right, wrong] = COLUMNS[column]!;
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...right) },
    { weight: 2, arbitrary: fc.constantFrom(...wrong) },
    { weight: 6, arbitrary: fc.constant('NULL') },
    { weight: 2, arbitrary: fc.constantFrom(...ANYWHERE) },
  );
};
const space = fc.constantFrom('', '', ' ', '\n', ' \t');
const tail = fc.constantFrom('', '', '', ';', ' ; ', ', (1)', ' -- end', ';;', 'x', '; select 1');
const statement = fc
  .tuple(
    fc.subarray(
      NAMES.map((_, i) => i),
      { minLength: 1, maxLength: 4 },
    ),
    fc.integer({ min: 1, max: 4 }),
    space,
    tail,
  )
  .chain(([columns, rows, gap, end]) =>
    fc.array(fc.tuple(...columns.map(cellOf)), { minLength: rows, maxLength: rows }).map((lists) => ({
      columns,
      lists: lists.map((list) => `(${gap}${list.join(`${gap},${gap}`)}${gap})`).join(`,${gap}`),
      end,
    })),
  );

it('stores the same rows or fails with the same words at the same place', async () => {
  const before = lifted();
  let runs = 0;
  let failed = 0;
  await fc.assert(
    fc.asyncProperty(statement, async ({ columns, lists, end }) => {
      const head = `insert into t (${columns.map((i) => NAMES[i]).join(', ')}) values `;
      // A template is planned when it comes again.
      for (let i = 0; i < 2; i++) await outcome(`${head}(${columns.map(() => 'null').join()})`, 'on');
      const sql = `${head}${lists}${end}`;
      const plain = await outcome(sql, 'off');
      expect(await outcome(sql, 'on'), sql).toEqual(plain);
      runs++;
      if (plain !== null && typeof plain === 'object' && 'code' in plain) failed++;
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 60) },
  );
  expect(failed).toBeGreaterThan(runs / 10);
  expect(failed).toBeLessThan(runs * 0.8);
  // Two for each run come from the statements of NULLs.
  expect(lifted() - before).toBeGreaterThan(runs * 1.2);
}, 60_000);

/** Writes `upper(a)` into b, whatever was given. */
const upperPolicy = defineAnalyzerRule({
  name: 'upper-policy',
  summary: 'Column b holds a in upper case.',
  examples: [],
  analyze: (plan, context) =>
    rewriteUp(plan, (node) => {
      if (node.kind !== 'insert') return node;
      const [a, b] = columnsOf(node.input);
      if (a === undefined || b === undefined) return node;
      const fn = { id: 'upper(text)', volatility: 'immutable', mayFail: false, strict: true } as const;
      const expr: Expr = { kind: 'call', fn, args: [columnExpr(a)], type: types.text };
      const column = context.newColumn(b);
      const assignments = [
        { column: a, expr: columnExpr(a) },
        { column, expr },
      ];
      const fields = node.fields.map((field) => (field.source === b.id ? { ...field, source: column.id } : field));
      return { ...node, fields, input: { kind: 'project', input: node.input, assignments } };
    }),
});

it('a policy that computes with what is written is asked for every row', async () => {
  const strict = await startTestServer({
    configure: (builder) => builder.use({ name: 'upper', policies: [upperPolicy] }),
  });
  try {
    const session = await strict.connect();
    await session.query('create table p (a text, b text); set millrace.lift_literals = eager');
    for (let i = 0; i < 3; i++) await session.query(`insert into p (a) values ('x${i}'), ('y${i}')`);
    const { rows } = await session.query({ text: 'select a, b from p order by a', rowMode: 'array' });
    expect(rows).toEqual(['x0', 'x1', 'x2', 'y0', 'y1', 'y2'].map((a) => [a, a.toUpperCase()]));
    const { rows: returned } = await session.query(`insert into p (a) values ('z') returning b`);
    expect(returned).toEqual([{ b: 'Z' }]);
  } finally {
    await strict.close();
  }
});
