import {
  type CatalogTable,
  type DataType,
  DEFAULT_FORMAT,
  MillraceError,
  type ParameterValue,
  standardFunctions,
  types,
  type Value,
} from '@millrace/core';
import {
  type BoundStatement,
  bindStatement,
  columnsOf,
  createOptimizer,
  type LogicalPlan,
  libpgFrontend,
  type Optimizer,
  type SqlFrontend,
} from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import { FIXTURE_TABLES, interpret } from '@millrace/testkit';
import fc from 'fast-check';

/** Statements over a(k int4, x int4), b(k int4, y int4), c(k int4, t text), aimed at every standard rule and every kind of operator. */
export const QUERIES: readonly string[] = [
  'SELECT k FROM a WHERE x > 1',
  'SELECT k, x FROM a WHERE NOT (x < 1 OR x IS NULL) AND x = $1',
  'SELECT k FROM a WHERE x <> 0 AND 10 / x > 1',
  'SELECT k FROM a WHERE 10 / x > 1 AND k = 1',
  'SELECT k FROM a WHERE x IN (1) AND NOT (NOT (k > 0)) AND k > 0',
  'SELECT x > 1 AND NULL, NOT (x < k), x = NULL FROM a',
  'SELECT k, count(*), sum(x) FROM a WHERE x IS NOT NULL GROUP BY k ORDER BY k',
  'SELECT count(*) FROM a',
  'SELECT k, n FROM (SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY x) AS n, sum(x) OVER w AS s FROM a WINDOW w AS (PARTITION BY k)) q WHERE k > 0 AND n < 3',
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
  'SELECT count(*) FROM (SELECT k FROM a LIMIT 2 OFFSET 1) s',
  'SELECT count(*) FROM (SELECT k FROM a WHERE x > 0 LIMIT $1) s',
  'SELECT count(*) FROM (SELECT k FROM a LIMIT 3) s WHERE s.k > 0',
  'SELECT a.x, b.y FROM a FULL JOIN b ON a.k = b.k',
  'SELECT a.x, b.y FROM a LEFT JOIN b ON a.k < b.k AND a.x IS NOT NULL WHERE b.y IS NULL OR b.y > 0',
  'SELECT a.x FROM a CROSS JOIN b WHERE a.k = b.k AND 6 / b.y > 1',
  'SELECT k FROM a WHERE x > ALL (SELECT y FROM b WHERE b.k = a.k)',
  'SELECT k, ARRAY(SELECT y FROM b WHERE b.k = a.k ORDER BY y) FROM a',
  'SELECT s.c FROM (SELECT CASE WHEN x = 0 THEN NULL WHEN NOT (x > 1) THEN 10 / x ELSE x END AS c, k FROM a) s',
  'SELECT a.k, l.y FROM a, LATERAL (SELECT y FROM b WHERE b.k = a.k ORDER BY y LIMIT 1) l',
  'SELECT a.k, l.y FROM a LEFT JOIN LATERAL (SELECT y FROM b WHERE b.k = a.k ORDER BY y DESC LIMIT 1) l ON l.y > 0',
  'SELECT count(DISTINCT x), count(*) FILTER (WHERE NOT (x < 1)), min(x), max(x) FROM a GROUP BY k HAVING count(*) > 1',
  'SELECT k FROM a UNION SELECT y FROM b ORDER BY 1 NULLS FIRST LIMIT 4',
  'SELECT k FROM a EXCEPT SELECT k FROM b',
  'SELECT coalesce(x, k), x IS DISTINCT FROM k, (x > 1) IS NOT TRUE FROM a WHERE (k > 0) IS TRUE',
  'SELECT k FROM a WHERE x = ANY (ARRAY[1, $1]) ORDER BY k DESC NULLS LAST',
  'SELECT k FROM a WHERE x::int8 = 3000000000 OR x::int2 = $1',
  'SELECT a.k, b.y FROM a LEFT JOIN b ON a.k = b.k WHERE b.y > 0',
  'SELECT s.z FROM (SELECT k, x + k AS z FROM a) s WHERE s.z > 1 AND s.k <> $1',
  'SELECT s.k, s.n FROM (SELECT k, count(*) AS n FROM a GROUP BY k) s WHERE s.k > 0 AND s.n > 1',
  'SELECT count(*), max(x) FROM a HAVING 1 > $1',
  'SELECT s.x FROM (SELECT DISTINCT k, x FROM a) s WHERE s.x > 0 OR s.k = $1',
  'SELECT s.x FROM (SELECT k, x FROM a ORDER BY x) s WHERE 10 / s.k > 1 ORDER BY 1',
  'SELECT s.k FROM (SELECT k, x FROM a UNION ALL SELECT k, y FROM b) s WHERE s.x > 0 AND s.k < $1',
  'SELECT s.k, s.m FROM (SELECT k, x, (SELECT y FROM b WHERE b.k = a.k ORDER BY y LIMIT 1) AS m FROM a) s WHERE s.x > 0',
  'SELECT a.k, b.y FROM a JOIN b ON EXISTS (SELECT 1 FROM c WHERE c.k = a.k) WHERE a.x > 1 AND b.y > a.x',
  'SELECT a.k, b.y FROM a LEFT JOIN b ON a.k = b.k AND b.y > 0 WHERE a.x > 0 AND (b.y IS NULL OR b.y < $1)',
  'SELECT a.k, b.y FROM a LEFT JOIN (SELECT k, y FROM b WHERE false) b ON a.k = b.k',
  'SELECT k, x IN (SELECT y FROM b WHERE NULL) FROM a',
  'SELECT DISTINCT k, count(*) FROM a GROUP BY k',
  'SELECT k FROM a WHERE EXISTS (SELECT DISTINCT y FROM b WHERE b.k = a.k OR b.y = $1)',
  'SELECT max(s.k), count(*) FROM (SELECT DISTINCT k, x FROM a) s',
  'SELECT k, x FROM a UNION ALL SELECT k, y FROM b LIMIT 0',
  'SELECT count(*) FROM (SELECT k FROM a UNION ALL SELECT y FROM b LIMIT $1 OFFSET 1) s',
  'SELECT count(*) FROM (SELECT k + 1 FROM a UNION ALL SELECT y FROM b LIMIT 3 OFFSET 1) s',
];

/** Statements over e(ts timestamptz, n int4, day date, half int4), where day and half are partition columns that follow from ts and n. */
export const PARTITION_QUERIES: readonly string[] = [
  "SELECT n FROM e WHERE ts >= '1970-01-02 12:00:00+00' AND ts < '1970-01-04 00:00:00+00'",
  "SELECT n, day FROM e WHERE ts = '1970-01-02 00:00:00+00' OR (n > 1 AND n <= $1)",
  'SELECT ts FROM e WHERE (half = 1 AND 10 / n > 1) OR half = $1',
  'SELECT p.n, q.n FROM e p JOIN e q ON p.half = q.half AND p.n = $1 WHERE p.n < q.n OR q.n IN (1, 3)',
  'SELECT p.n FROM e p LEFT JOIN e q ON p.n = q.n AND q.n > 1 WHERE p.half = 1',
  'SELECT p.n FROM e p JOIN e q ON p.n = q.half AND p.half = q.n WHERE p.n < 2000000000',
  'SELECT n + 1 AS a, (n + 1) * 2 AS b, CASE WHEN n > 0 THEN 10 / n END AS c FROM e WHERE 10 / n > 1 AND 10 / n < 20',
  'SELECT half, sum(n * 2), max(n * 2) FILTER (WHERE n > 1) FROM e GROUP BY half',
];

export const tables: ReadonlyMap<string, CatalogTable> = new Map(
  [
    table('a', { k: types.int4, x: types.int4 }),
    table('b', { k: types.int4, y: types.int4 }),
    table('c', { k: types.int4, t: types.text }),
    ...FIXTURE_TABLES.filter(({ name }) => name === 'e'),
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

export const frontend: SqlFrontend = libpgFrontend();

/** Binds one statement; the frontend must be loaded. */
export function bind(sql: string): BoundStatement {
  const [parsed] = frontend.parse(sql);
  if (parsed === undefined) throw new TypeError('no statement');
  const catalog = {
    table: (_: string | null, name: string) => tables.get(name),
    tableById: (id: string) => tables.get(id),
    hasSchema: () => true,
    searchPath: ['public'],
  };
  return bindStatement(parsed.statement, { catalog, functions: standardFunctions, parameterTypes: [] });
}

export const optimizer: Optimizer = createOptimizer({
  rules: standardRules(),
  functions: standardFunctions,
  verify: 'full',
  clock: { monotonicMs: () => 0 },
});

export type Rows = readonly Readonly<Record<string, Value>>[];
export type Database = ReadonlyMap<string, Rows>;
/** Few rows over small domains, so that keys meet, values repeat and NULL is everywhere. */
export const small: fc.Arbitrary<Value> = fc.constantFrom<Value>(null, -1, 0, 1, 1, 2, 3);
const DAY_MICROS = 86_400_000_000n;
const moments = fc.constantFrom<bigint | null>(
  null,
  0n,
  DAY_MICROS - 1n,
  DAY_MICROS,
  3n * DAY_MICROS,
  3n * DAY_MICROS + 1n,
);

export const databases: fc.Arbitrary<Database> = fc
  .tuple(
    rowsOf('a', 'x', small),
    rowsOf('b', 'y', small),
    rowsOf('c', 't', fc.constantFrom<Value>(null, 'x', 'abc', '')),
    fc
      .array(fc.record({ ts: moments, n: small }), { maxLength: 6 })
      .map((rows): readonly [string, Rows] => ['e', rows.map(withPartitions)]),
  )
  .map((entries) => new Map(entries));

function withPartitions({ ts, n }: { readonly ts: bigint | null; readonly n: Value }): Rows[number] {
  const half = typeof n === 'number' ? Math.trunc(n / 2) + 0 : null;
  return { ts, n, day: ts === null ? null : Number(ts / DAY_MICROS), half };
}

function rowsOf(name: string, field: string, value: fc.Arbitrary<Value>): fc.Arbitrary<readonly [string, Rows]> {
  return fc.array(fc.record({ k: small, [field]: value }), { maxLength: 6 }).map((rows) => [name, rows] as const);
}

/** The values of $1 ... for a statement: the given one, as its type wants it. */
export function parametersFor(bound: BoundStatement, given: Value): readonly Value[] {
  return bound.parameterTypes.map((type) =>
    type.kind === 'int8' && typeof given === 'number' ? BigInt(Math.abs(given)) : given,
  );
}

/** Parameters as the library API hands them over. */
export function asParameters(values: readonly Value[]): readonly ParameterValue[] {
  return values.map((value) => (value === null ? null : { kind: 'value', value }));
}

/** Optimizes and binds with some rules switched off. */
export function planWithout(
  bound: BoundStatement,
  disabled: ReadonlySet<string>,
  parameters: readonly Value[],
): LogicalPlan {
  const run = { disabled, nextColumnId: bound.nextColumnId };
  const { plan } = optimizer.optimize(bound.plan, run);
  if (!optimizer.needsBinding(plan, disabled)) return plan;
  return optimizer.bind(plan, {
    ...run,
    parameters: asParameters(parameters),
    format: DEFAULT_FORMAT,
    transactionMicros: 0n,
  }).plan;
}

/** What the reference interpreter answers, as lines: in order where the plan sorts at its root, else sorted; null for an error. */
export function referenceAnswer(
  plan: LogicalPlan,
  database: Database,
  parameters: readonly Value[],
): readonly string[] | null {
  try {
    const columns = columnsOf(plan);
    const rows = interpret(plan, { database, environment: { parameters, random: () => 0.5 }, inserted: [] });
    return linesOf(
      plan,
      rows.map((row) => columns.map((column) => row.values.get(column.id) ?? null)),
    );
  } catch (error) {
    if (error instanceof MillraceError && error.key !== 'internal') return null;
    throw error;
  }
}

/** Rows as comparable lines. */
export function linesOf(plan: LogicalPlan, rows: readonly (readonly Value[])[]): readonly string[] {
  const lines = rows.map((row) => row.map(String).join('|'));
  return isOrdered(plan) ? lines : lines.sort();
}

function isOrdered(plan: LogicalPlan): boolean {
  if (plan.kind === 'sort') return true;
  return (plan.kind === 'limit' || plan.kind === 'project') && isOrdered(plan.input);
}
