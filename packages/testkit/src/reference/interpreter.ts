import { assert, type ColumnId, type Expr, failure, type RecordBatch, typeOf, type Value } from '@millrace/core';
import { columnsOf, type LogicalPlan, type PlanOf, type RowRange } from '@millrace/planner';
import { aggregateReference, compareWithNulls } from './aggregates.ts';
import { applyReference } from './apply.ts';
import { evaluateReference, passes, type ReferenceEnvironment, tolerated } from './expressions.ts';
import { extensionReference } from './extensions.ts';
import { isSameValue } from './order.ts';
import { readVector } from './read-vector.ts';
import { type Row, rowOf } from './row.ts';
import { scanFilter } from './scan-filter.ts';
import { tableFunctionReference } from './table-functions.ts';
import { windowReference } from './window.ts';

/** The data a plan runs on: rows by field name, per table id. */
export type ReferenceDatabase = ReadonlyMap<string, readonly Readonly<Record<string, Value>>[]>;

/** One run of a plan. */
export interface ReferenceRun {
  readonly database: ReferenceDatabase;
  readonly environment: ReferenceEnvironment;
  /** What Insert nodes wrote: table id and the row by field name. */
  readonly inserted: { readonly tableId: string; readonly row: Readonly<Record<string, Value>> }[];
}

/**
 * Runs a logical plan row by row, in the most naive way there is: the meaning of the algebra, and the oracle that the engine and its rules are
 * checked against. From core it takes types and errors only, so that it cannot share the engine's bugs.
 */
export function interpret(plan: LogicalPlan, run: ReferenceRun, outer: Row | null = null): readonly Row[] {
  const rows = (input: LogicalPlan): readonly Row[] => interpret(input, run, outer);
  const { environment } = run;
  switch (plan.kind) {
    case 'scan':
      return scan(plan, run, outer);
    case 'values':
      return plan.rows.map((cells) =>
        rowOf(
          plan.columns.map((column, index) => [column.id, evaluate(cells[index], rowOf([], outer), environment)]),
          outer,
        ),
      );
    case 'memory':
      return plan.batches.flatMap((batch) => memoryRows(plan, batch, outer));
    case 'function-scan':
      return functionScan(plan, environment, outer);
    case 'filter':
      return rows(plan.input).filter((row) => passes(plan.predicates, row, environment));
    case 'project':
      return rows(plan.input).map((row) =>
        rowOf(
          plan.assignments.map(({ column, expr }) => [column.id, evaluateReference(expr, row, environment)]),
          outer,
        ),
      );
    case 'join':
      return join(plan, rows(plan.left), rows(plan.right), { environment, outer });
    case 'aggregate':
      return aggregate(plan, rows(plan.input), { environment, outer });
    case 'window':
      return windowReference(plan, rows(plan.input), { environment, outer });
    case 'distinct':
      return distinct(plan, rows(plan.input));
    case 'sort':
      return cut(sort(plan, rows(plan.input)), plan.range, environment);
    case 'limit':
      return cut(rows(plan.input), plan.range, environment);
    case 'union':
      return plan.inputs.flatMap((input) =>
        relabel(
          rows(input),
          columnsOf(input).map((column) => column.id),
          plan,
          outer,
        ),
      );
    case 'apply':
      return applyReference(plan, rows(plan.input), { run, outer, interpret });
    case 'insert':
      return insert(plan, rows(plan.input), run, outer);
    case 'extension':
      return extensionReference(plan, plan.inputs.flatMap(rows), environment);
    default:
      return plan satisfies never;
  }
}

/** Writes the rows; gives them back if the plan asks for that. */
function insert(plan: PlanOf<'insert'>, rows: readonly Row[], run: ReferenceRun, outer: Row | null): readonly Row[] {
  return rows.flatMap((row) => {
    const entries = plan.fields.map(({ field, source }) => [field, row.values.get(source) ?? null] as const);
    run.inserted.push({ tableId: plan.table.tableId, row: Object.fromEntries(entries) });
    if (plan.returned === undefined) return [];
    const values = plan.returned.map(({ id }, i) => [id, entries[i]?.[1] ?? null] as const);
    return rowOf(values, outer);
  });
}

function evaluate(expr: Expr | undefined, row: Row, environment: ReferenceEnvironment): Value {
  assert(expr !== undefined, 'every cell has an expression');
  return evaluateReference(expr, row, environment);
}

function scan(plan: PlanOf<'scan'>, run: ReferenceRun, outer: Row | null): readonly Row[] {
  const stored = run.database.get(plan.table.tableId);
  assert(stored !== undefined, `the database has no table ${plan.table.name}`);
  const columns = [...plan.columns, ...plan.filterColumns];
  const all = stored.map((record) =>
    rowOf(
      columns.map((column) => [column.id, record[column.field] ?? null]),
      outer,
    ),
  );
  const passesFilters = scanFilter(plan.filters, run.environment);
  const kept = all.filter(passesFilters);
  return cut(kept, plan.range, run.environment);
}

function memoryRows(plan: PlanOf<'memory'>, batch: RecordBatch, outer: Row | null): readonly Row[] {
  return Array.from({ length: batch.rowCount }, (_, index) =>
    rowOf(
      plan.columns.map((column, position) => [column.id, readVector(batch.vectors[position], index)]),
      outer,
    ),
  );
}

/** The function's rows; WITH ORDINALITY counts them from 1. */
function functionScan(
  plan: PlanOf<'function-scan'>,
  environment: ReferenceEnvironment,
  outer: Row | null,
): readonly Row[] {
  const args = plan.args.map((arg) => evaluateReference(arg, rowOf([], outer), environment));
  return tolerated(environment, () => tableFunctionReference(plan.fn, args), []).map((cells, index) => {
    const entries = plan.columns.map((column, position) => [column.id, cells[position] ?? null] as const);
    return rowOf(plan.ordinality === null ? entries : [...entries, [plan.ordinality.id, BigInt(index + 1)]], outer);
  });
}

interface Scope {
  readonly environment: ReferenceEnvironment;
  readonly outer: Row | null;
}

function join(plan: PlanOf<'join'>, left: readonly Row[], right: readonly Row[], scope: Scope): readonly Row[] {
  const nulls = (input: LogicalPlan): readonly (readonly [ColumnId, Value])[] =>
    columnsOf(input).map((column) => [column.id, null]);
  const both = (a: Iterable<readonly [ColumnId, Value]>, b: Iterable<readonly [ColumnId, Value]>): Row =>
    rowOf([...a, ...b], scope.outer);
  const result: Row[] = [];
  const matchedRight = new Set<Row>();
  // Every pair is evaluated, also behind the first match: which of them an engine spares is not promised.
  const isFilter = plan.type === 'semi' || plan.type === 'anti';
  for (const a of left) {
    let isMatched = false;
    for (const b of right) {
      const row = both(a.values, b.values);
      if (!passes(plan.on, row, scope.environment)) continue;
      isMatched = true;
      matchedRight.add(b);
      if (!isFilter) result.push(row);
    }
    if (isFilter && isMatched === (plan.type === 'semi')) result.push(a);
    if (!isMatched && (plan.type === 'left' || plan.type === 'full')) result.push(both(a.values, nulls(plan.right)));
  }
  if (plan.type === 'right' || plan.type === 'full') {
    for (const b of right) if (!matchedRight.has(b)) result.push(both(nulls(plan.left), b.values));
  }
  return result;
}

function aggregate(plan: PlanOf<'aggregate'>, rows: readonly Row[], scope: Scope): readonly Row[] {
  const types = new Map(columnsOf(plan.input).map((column) => [column.id, column.type]));
  const groups: Row[][] = plan.groupBy.length === 0 ? [[...rows]] : [];
  if (plan.groupBy.length > 0) {
    for (const row of rows) {
      const group = groups.find(([first]) =>
        plan.groupBy.every((id) =>
          isSameValue(types.get(id) ?? { kind: 'text' }, first?.values.get(id) ?? null, row.values.get(id) ?? null),
        ),
      );
      if (group) group.push(row);
      else groups.push([row]);
    }
  }
  return groups.map((group) =>
    rowOf(
      [
        ...plan.groupBy.map((id) => [id, group[0]?.values.get(id) ?? null] as const),
        ...plan.aggregations.map(
          (one) =>
            [
              one.column.id,
              tolerated(scope.environment, () => aggregateReference(one, group, scope.environment), null),
            ] as const,
        ),
      ],
      scope.outer,
    ),
  );
}

function distinct(plan: PlanOf<'distinct'>, rows: readonly Row[]): readonly Row[] {
  const columns = columnsOf(plan.input);
  const kept: Row[] = [];
  for (const row of rows) {
    const isKnown = kept.some((other) =>
      columns.every(({ id, type }) => isSameValue(type, other.values.get(id) ?? null, row.values.get(id) ?? null)),
    );
    if (!isKnown) kept.push(row);
  }
  return kept;
}

function sort(plan: PlanOf<'sort'>, rows: readonly Row[]): readonly Row[] {
  const types = new Map(columnsOf(plan.input).map((column) => [column.id, column.type]));
  return [...rows].sort((a, b) => {
    for (const key of plan.keys) {
      const type = types.get(key.id) ?? { kind: 'text' };
      const order = compareWithNulls(type, a.values.get(key.id) ?? null, b.values.get(key.id) ?? null, key);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** LIMIT and OFFSET: NULL means none; 2201W and 2201X for negative numbers. OFFSET is looked at first, as PostgreSQL does. */
function cut(rows: readonly Row[], range: RowRange | null, environment: ReferenceEnvironment): readonly Row[] {
  if (range === null) return rows;
  return tolerated(environment, () => cutStrictly(rows, range, environment), rows);
}

function cutStrictly(rows: readonly Row[], range: RowRange, environment: ReferenceEnvironment): readonly Row[] {
  const count = (expr: Expr | null): bigint | null => {
    if (expr === null) return null;
    const value = evaluateReference(expr, rowOf([], null), environment);
    assert(
      value === null || typeof value === 'bigint' || typeof value === 'number',
      `a limit is an integer, not ${typeOf(expr).kind}`,
    );
    return value === null ? null : BigInt(value);
  };
  const skip = count(range.skip) ?? 0n;
  if (skip < 0n) throw failure('negativeOffset');
  const fetch = count(range.fetch);
  if (fetch !== null && fetch < 0n) throw failure('negativeLimit');
  return rows.filter((_, index) => BigInt(index) >= skip && (fetch === null || BigInt(index) < skip + fetch));
}

function relabel(
  rows: readonly Row[],
  from: readonly ColumnId[],
  plan: PlanOf<'union'>,
  outer: Row | null,
): readonly Row[] {
  return rows.map((row) =>
    rowOf(
      plan.columns.map((column, index) => [column.id, row.values.get(from[index] ?? column.id) ?? null]),
      outer,
    ),
  );
}
