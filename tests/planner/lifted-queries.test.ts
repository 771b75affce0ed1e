import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../support/test-server.ts';

// A query answers the same columns and rows, or fails with the same words at the same position, whether its literals are lifted or not.

/** Columns and what they are compared with: of the type, of others, of none. */
const COLUMNS: readonly (readonly [name: string, type: string, literals: readonly string[]])[] = [
  ['i', 'int4', ['1', '2', '3', '007', '2147483648', '1.5', `'2'`, `'x'`, '-1', '99999999999999999999', `'1'::text`]],
  ['l', 'int8', ['1', '9223372036854775807', '9223372036854775808', `'3'`, '2.0', `'2.0'`]],
  ['f', 'float8', ['0.1', '1', `'0.1'`, `'NaN'`, '1e2', '1e400', '.5', `'1e400'`]],
  ['n', 'numeric(5,2)', ['1.50', '1.5', `'1.50'`, '3', '0.001', `'x'`]],
  ['t', 'text', [`'a'`, `'it''s'`, `''`, `'1'`, '1', `e'a'`, `'a' || ''`, 'true']],
  ['v', 'varchar(3)', [`'a'`, `'abcdef'`, `'a  '`]],
  ['b', 'bool', [`'t'`, 'true', `'maybe'`, '1']],
  ['d', 'date', [`'2024-01-01'`, `date '2024-01-02'`, `'2024-13-01'`, `'2024-01-01 12:00'`, '20240101']],
  ['z', 'timestamptz', [`'2024-01-01'`, `'2024-01-01 12:00+02'`, `'x'`, `'2024-01-01' at time zone 'UTC'`]],
  ['j', 'jsonb', [`'{"a": 1}'`, `'1'`, `'{'`, '1']],
  ['a', 'int4[]', [`'{1,2}'`, `'{1'`, '1']],
];
const OPERATORS = ['=', '<>', '<', '<=', '>', '>=', '!='];

let server: TestServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
  await client.query(`create table q (${COLUMNS.map(([name, type]) => `${name} ${type}`).join(', ')}, p text) partition by list (p);
    insert into q values (1, 1, 0.1, 1.5, 'a', 'a', true, '2024-01-01', '2024-01-01', '{"a": 1}', '{1,2}', 'x'),
      (2, 9223372036854775807, 'NaN', 3, 'it''s', 'abc', false, '2024-01-02', '2024-01-01 10:00+00', '1', '{}', 'y'),
      (3, 3, 100, null, '', '', null, 'infinity', null, null, null, 'x'), (null, null, null, null, null, null, null, null, null, null, null, null)`);
  await client.query('checkpoint');
  await client.query(`insert into q (i, t, p) values (2, 'a', 'y'), (7, '1', 'x')`);
});
afterAll(() => server.close());

const lifted = (): number => server.server.metrics.read().get('literals_lifted') ?? 0;

async function outcome(sql: string, lift: 'eager' | 'off'): Promise<unknown> {
  await client.query(`set millrace.lift_literals = ${lift}`);
  try {
    const { rows, fields, command } = await client.query({ text: sql, rowMode: 'array' });
    return { command, columns: fields.map(({ name, dataTypeID, tableID }) => [name, dataTypeID, tableID]), rows };
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code, message, position, detail, hint } = error;
    return { code, message, position, detail, hint };
  }
}

const column = fc.constantFrom(...COLUMNS);
const literalOf = (literals: readonly string[]): fc.Arbitrary<string> =>
  // Mostly the first ones, which are right.
  fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...literals.slice(0, 3)) }, fc.constantFrom(...literals));
const comparison = column.chain(([name, , literals]) =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom(name, name, `q.${name}`, `"${name}"`), fc.constantFrom(...OPERATORS), literalOf(literals))
      .map(([operand, operator, literal]) => `${operand} ${operator} ${literal}`),
    fc.tuple(literalOf(literals), literalOf(literals)).map(([low, high]) => `${name} between ${low} and ${high}`),
    fc.tuple(literalOf(literals), literalOf(literals)).map((items) => `${name} in (${items.join(', ')})`),
    fc.constantFrom(`p = 'x'`, `p='y'`, `not i = 2`, `i = 2`, `1 / (i - 1) > 0`),
  ),
);
const condition = fc
  .tuple(comparison, fc.constantFrom('and', 'or'), comparison, fc.boolean())
  .map(([left, word, right, both]) => (both ? `${left} ${word} ${right}` : left));
const query = fc.tuple(condition, comparison, comparison, fc.nat(8)).map(([where, other, third, shape]) => {
  switch (shape) {
    case 0:
      return `select ${other}, count(*) from q where ${where} group by ${other} order by 1, 2`;
    case 1:
      return `select case when ${other} then i else 5 end c from q where ${where} order by 1 limit 3`;
    case 2:
      return `select q.i, r.t from q left join q r on q.i = r.i and r.i = 2 where ${where} order by 1, 2 limit 5`;
    case 3:
      return `with w as (select * from q where ${where}) select count(*) filter (where ${third}) from w q where ${other};`;
    case 4:
      return `select i, (select max(l) from q where ${other}) m from q where ${where} order by i, m`;
    case 5:
      return `select sum(i) from q where ${where} having count(*) > 1 or ${third}`;
    default:
      return `select i, t, p from q where ${where} order by i, t, p`;
  }
});

it('answers the same columns and rows or fails with the same words at the same place', async () => {
  const before = lifted();
  let [runs, failed] = [0, 0];
  await fc.assert(
    fc.asyncProperty(query, async (sql) => {
      const plain = await outcome(sql, 'off');
      expect(await outcome(sql, 'eager'), sql).toEqual(plain);
      runs++;
      if (plain !== null && typeof plain === 'object' && 'code' in plain) failed++;
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 120) },
  );
  expect(failed).toBeGreaterThan(runs / 20);
  expect(failed).toBeLessThan(runs * 0.8);
  expect(lifted() - before).toBeGreaterThan(runs / 4);
}, 60_000);

it('a plan serves other literals, and none that mean another plan', async () => {
  await client.query('set millrace.lift_literals = on');
  const rows = async (sql: string): Promise<unknown> => (await client.query({ text: sql, rowMode: 'array' })).rows;
  const before = lifted();
  expect(await rows(`select i from q where t = 'a' order by 1`)).toEqual([['1'], ['2']]);
  expect(lifted()).toBe(before);
  expect(await rows(`select i from q where t = '1' order by 1`)).toEqual([['7']]);
  expect(await rows(`select i from q where t = 'it''s' order by 1`)).toEqual([['2']]);
  expect(lifted()).toBe(before + 2);
  // An int8 where int4 stood, another LIMIT, another name.
  for (const sql of [
    `select i from q where l = 1`,
    `select i from q where l = 9223372036854775807`,
    `select i from q where i = 1 limit 0`,
    `select i from q where i = 1 limit 1`,
  ])
    await rows(sql);
  expect(lifted()).toBe(before + 2);
  await client.query('create table q2 (x int); insert into q2 values (1)');
  const ofQ2 = 'select * from q2 where x = 1';
  for (let i = 0; i < 3; i++) expect(await rows(ofQ2)).toEqual([['1']]);
  await client.query(`drop table q2; create table q2 (y text, x text); insert into q2 values ('new', '1')`);
  expect(await outcome(ofQ2, 'eager')).toMatchObject({ code: '42883' });
  expect(await rows(`select * from q2 where x = '1'`)).toEqual([['new', '1']]);
});
