import { type CatalogTable, type DataType, MillraceError, standardFunctions, types, type Value } from '@millrace/core';
import {
  bindStatement,
  columnsOf,
  createOptimizer,
  type LogicalPlan,
  libpgFrontend,
  printPlan,
} from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { interpret } from '../../packages/testkit/src/reference/interpreter.ts';

/**
 * Any subset of the standard rules gives the answer of none: whole statements from SQL, planned with a random subset, run by the reference
 * interpreter on random rows. Errors may vanish, never appear.
 */
const QUERIES: readonly string[] = [
  'SELECT k FROM a WHERE x > 1',
  'SELECT k, x FROM a WHERE NOT (x < 1 OR x IS NULL) AND x = $1',
  'SELECT k FROM a WHERE x <> 0 AND 10 / x > 1',
  'SELECT k FROM a WHERE 10 / x > 1 AND k = 1',
  'SELECT k FROM a WHERE x IN (1) AND NOT (NOT (k > 0)) AND k > 0',
  'SELECT x > 1 AND NULL, NOT (x < k), x = NULL FROM a',
  'SELECT k, count(*), sum(x) FROM a WHERE x IS NOT NULL GROUP BY k ORDER BY k',
  'SELECT count(*) FROM a',
  'SELECT s.n FROM (SELECT k, count(*) AS n, max(x) AS m FROM a GROUP BY k) s WHERE s.k > 0',
  'SELECT a.k, b.y FROM a JOIN b ON a.k = b.k WHERE b.y > 0',
  'SELECT a.x, b.y FROM a LEFT JOIN b ON a.k = b.k AND b.y > 1',
  'SELECT a.x, b.y FROM a RIGHT JOIN b ON a.k = b.k AND a.x IS NOT DISTINCT FROM $1',
  'SELECT a.k FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.k = a.k AND b.y > 0)',
  'SELECT a.k, (SELECT max(y) FROM b WHERE b.k = a.k) AS m FROM a',
  'SELECT s.k FROM (SELECT k, (SELECT max(y) FROM b WHERE b.k = a.x) AS m FROM a) s',
  'SELECT k FROM a WHERE k IN (SELECT k FROM b WHERE y IS NOT NULL)',
  'SELECT k FROM a WHERE k NOT IN (SELECT y FROM b)',
  'SELECT s.k FROM (SELECT k, x FROM a UNION ALL SELECT k, y FROM b WHERE y > 0) s',
  'SELECT DISTINCT k FROM (SELECT k, x FROM a WHERE x > 0) s',
  'SELECT k, x FROM a ORDER BY x DESC, k LIMIT 2 OFFSET 1',
  'SELECT k FROM a ORDER BY x NULLS FIRST, k LIMIT $1',
  'SELECT s.k FROM (SELECT k, x FROM a ORDER BY x, k LIMIT 3) s WHERE s.x > 0',
  "SELECT c.k FROM c WHERE t = 'x' OR t LIKE 'a%'",
  'SELECT k FROM a WHERE false AND 1 / x = 1',
  'SELECT k FROM a WHERE x > 0 AND (1 = 2 OR $1::int4 IS NULL)',
  'VALUES (1, 2), ($1, NULL)',
  'SELECT v.column1 FROM (VALUES (1, 2), (3, $1)) v WHERE v.column2 > 0',
  'WITH w AS (SELECT k, sum(x) AS s FROM a GROUP BY k) SELECT w.s FROM w JOIN w AS w2 ON w.k = w2.k',
  'SELECT k FROM a WHERE x::int8 = 3000000000 OR x::int2 = $1',
];

const tables = new Map(
  [
    table('a', { k: types.int4, x: types.int4 }),
    table('b', { k: types.int4, y: types.int4 }),
    table('c', { k: types.int4, t: types.text }),
  ].map((t) => [t.name, t] as const),
);

function table(name: string, fields: Readonly<Record<string, DataType>>): CatalogTable {
  const columns = Object.entries(fields).map(([field, type]) => ({
    name: field,
    type,
    nullable: true,
    defaultSql: null,
    defaultExpr: null,
  }));
  return {
    oid: name.charCodeAt(0),
    tableId: name,
    schemaId: 1,
    schemaName: 'public',
    name,
    columns,
    partitionColumns: [],
    options: {},
    location: null,
    isSystem: false,
  };
}

const frontend = libpgFrontend();
beforeAll(() => frontend.load());
const optimizer = createOptimizer({
  rules: standardRules(),
  functions: standardFunctions,
  verify: 'full',
  clock: { monotonicMs: () => 0 },
});
const logical = optimizer.rules.filter((rule) => rule.phase !== 'physical').map((rule) => rule.name);

const small = fc.constantFrom<Value>(null, -1, 0, 1, 1, 2, 3);
const letters = fc.constantFrom<Value>(null, 'x', 'abc', '');
const rowsOf = (name: string, field: string, value: fc.Arbitrary<Value>) =>
  fc.array(fc.record({ k: small, [field]: value }), { maxLength: 6 }).map((rows) => [name, rows] as const);
const database = fc
  .tuple(rowsOf('a', 'x', small), rowsOf('b', 'y', small), rowsOf('c', 't', letters))
  .map((entries) => new Map<string, readonly Record<string, Value>[]>(entries));

it.each(QUERIES)('%s', (sql) => {
  const [parsed] = frontend.parse(sql);
  if (parsed === undefined) return expect.fail('no statement');
  const catalog = {
    table: (_: string | null, name: string) => tables.get(name),
    tableById: () => undefined,
    hasSchema: () => true,
    searchPath: ['public'],
  };
  const bound = bindStatement(parsed.statement, { catalog, functions: standardFunctions, parameterTypes: [] });
  fc.assert(
    fc.property(database, fc.subarray(logical), small, (rows, disabled, given) => {
      const value =
        bound.parameterTypes[0]?.kind === 'int8' && typeof given === 'number' ? BigInt(Math.abs(given)) : given;
      const parameters = bound.parameterTypes.length > 0 ? [value] : [];
      const off = { disabled: new Set(disabled), nextColumnId: bound.nextColumnId };
      const prepared = optimizer.optimize(bound.plan, off);
      const values = {
        parameters: parameters.map((v) => (v === null ? null : ({ kind: 'value', value: v } as const))),
        format: FORMAT,
        transactionMicros: 0n,
      };
      const plan = optimizer.needsBinding(prepared.plan, off.disabled)
        ? optimizer.bind(prepared.plan, { ...off, ...values }).plan
        : prepared.plan;
      const expected = run(bound.plan, rows, parameters);
      if (expected === null) return;
      const actual = run(plan, rows, parameters);
      expect(
        actual,
        `${printPlan(plan, { ids: 'always' })}\ninstead of\n${printPlan(bound.plan, { ids: 'always' })}`,
      ).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

const FORMAT = {
  timeZone: 'UTC',
  dateStyle: 'ISO',
  intervalStyle: 'postgres',
  byteaOutput: 'hex',
  extraFloatDigits: 1,
} as const;

/** The rows by position (in order where the plan sorts at its root, else as a multiset), or null for an error of the statement. */
function run(
  plan: LogicalPlan,
  database: ReadonlyMap<string, readonly Record<string, Value>[]>,
  parameters: readonly Value[],
): readonly string[] | null {
  try {
    const rows = interpret(plan, { database, environment: { parameters, random: () => 0.5 }, inserted: [] });
    const columns = columnsOf(plan);
    const lines = rows.map((row) => columns.map((column) => String(row.values.get(column.id))).join('|'));
    return isOrdered(plan) ? lines : lines.sort();
  } catch (error) {
    if (error instanceof MillraceError && error.key !== 'internal') return null;
    throw error;
  }
}

function isOrdered(plan: LogicalPlan): boolean {
  if (plan.kind === 'sort') return true;
  return (plan.kind === 'limit' || plan.kind === 'project') && isOrdered(plan.input);
}
