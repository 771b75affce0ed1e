import type { Column, Value } from '@millrace/core';
import { columnsOf, type EquivalenceContract, type LogicalPlan, type SortKey } from '@millrace/planner';
import { compareWithNulls } from '../reference/aggregates.ts';

type Rows = readonly (readonly Value[])[];

/** A value as text that tells -0 from 0, 1 from 1n, '' from NULL and the string 'NULL' from NULL. */
export function valueKey(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (Array.isArray(value)) return `{${value.map((item: Value) => valueKey(item)).join()}}`;
  if (value instanceof Uint8Array)
    return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (typeof value === 'object' && 'micros' in value) return `${value.months}m${value.days}d${value.micros}`;
  return String(value);
}

/** A row as text; equal rows have equal texts. */
export function rowKey(row: readonly Value[]): string {
  return row.map(valueKey).join(' | ');
}

/** How many rows there are of each kind. */
function countRows(rows: Rows): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(rowKey(row), (counts.get(rowKey(row)) ?? 0) + 1);
  return counts;
}

/** Whether no kind of row is in `part` more often than in `whole`. */
export function isSubset(part: Rows, whole: Rows): boolean {
  const available = countRows(whole);
  return [...countRows(part)].every(([key, count]) => count <= (available.get(key) ?? 0));
}

/** Same rows, each as often. With a tolerance for floats: each row has a partner of its own that is close. */
export function isSameBag(before: Rows, after: Rows, floats: EquivalenceContract['floats']): boolean {
  if (before.length !== after.length) return false;
  if (isSubset(after, before)) return true;
  if (floats === 'exact') return false;
  const free = [...after];
  return before.every((row) => {
    const partner = free.findIndex((other) =>
      row.every((value, i) => isClose(value, other[i] ?? null, floats.relative)),
    );
    if (partner >= 0) free.splice(partner, 1);
    return partner >= 0;
  });
}

/** Floats may differ by a share of the larger one, also inside arrays; NaN and infinities are only like themselves. */
function isClose(a: Value, b: Value, relative: number): boolean {
  if (typeof a === 'number' && typeof b === 'number')
    return a === b || Object.is(a, b) || Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b));
  if (Array.isArray(a) && Array.isArray(b))
    return (
      a.length === b.length && a.every((item: Value, i) => isClose(item, (b[i] as Value | undefined) ?? null, relative))
    );
  return valueKey(a) === valueKey(b);
}

/** The keys that the root's rows are ordered by; null where the plan promises no order. */
export function rootOrder(plan: LogicalPlan): readonly SortKey[] | null {
  switch (plan.kind) {
    case 'sort':
      return plan.keys;
    case 'limit':
      return rootOrder(plan.input);
    case 'project': {
      const keys = rootOrder(plan.input);
      return keys === null ? null : renamed(keys, plan);
    }
    default:
      return null;
  }
}

/** The leading keys that a projection hands on, by their new ids. */
function renamed(
  keys: readonly SortKey[],
  { assignments }: Extract<LogicalPlan, { kind: 'project' }>,
): readonly SortKey[] {
  const result: SortKey[] = [];
  for (const key of keys) {
    const target = assignments.find(({ expr }) => expr.kind === 'column' && expr.id === key.id);
    if (target === undefined) break;
    result.push({ ...key, id: target.column.id });
  }
  return result;
}

/** Whether rows are in the order of the keys; rows with equal keys may stand in any order. */
export function isOrdered(rows: Rows, plan: LogicalPlan, keys: readonly SortKey[]): boolean {
  const compare = comparing(columnsOf(plan), keys);
  return rows.every((row, i) => {
    const next = rows[i + 1];
    return next === undefined || compare(row, next) <= 0;
  });
}

/** Whether the keys cannot tell two rows apart. */
export function isTie(
  columns: readonly Column[],
  keys: readonly SortKey[],
  a: readonly Value[],
  b: readonly Value[],
): boolean {
  return comparing(columns, keys)(a, b) === 0;
}

function comparing(
  columns: readonly Column[],
  keys: readonly SortKey[],
): (a: readonly Value[], b: readonly Value[]) => number {
  const places = keys.flatMap((key) => {
    const index = columns.findIndex((column) => column.id === key.id);
    const type = columns[index]?.type;
    return type === undefined ? [] : [{ key, index, type }];
  });
  return (a, b) => {
    for (const { key, index, type } of places) {
      const order = compareWithNulls(type, a[index] ?? null, b[index] ?? null, key);
      if (order !== 0) return order;
    }
    return 0;
  };
}
