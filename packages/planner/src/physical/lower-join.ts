import {
  type Column,
  type ColumnId,
  columnsRead,
  type DataType,
  type Expr,
  isTextLike,
  isVolatile,
  mayFail,
  sameType,
  typeOf,
} from '@millrace/core';
import type { JoinType } from '../plan/logical-plan.ts';
import type { JoinKey, MaybeKey, PhysicalPlan } from './physical-plan.ts';

interface JoinParts {
  readonly type: JoinType;
  readonly on: readonly Expr[];
  readonly left: PhysicalPlan;
  readonly right: PhysicalPlan;
  readonly columns: readonly Column[];
}

/**
 * A hash join where some predicates are equations between the two inputs, otherwise a nested loop. A right join becomes a left join of the
 * swapped inputs, so that operators see no right joins.
 *
 *   Join right on a.k = b.k      =>   project a.*, b.*
 *     a                                 hash-join left  b.k = a.k
 *     b                                   b
 *                                         a
 *
 * A key is an equation whose sides read one input each, of one type, not volatile and without a possible error: a hash join computes the
 * key of every row, also of rows that meet no partner or that an earlier predicate would have spared.
 *
 * An anti join with such an equation under IS NOT FALSE (NOT IN) becomes a null-aware one, which hashes it too.
 */
export function lowerJoin(join: JoinParts): PhysicalPlan {
  if (join.type !== 'right') return lowerOrdered(join);
  const columns = [
    ...join.right.columns,
    ...join.left.columns.map((column) => (column.nullable ? column : { ...column, nullable: true })),
  ];
  const input = lowerOrdered({ type: 'left', on: join.on, left: join.right, right: join.left, columns });
  const assignments = join.columns.map((column) => ({
    column,
    expr: { kind: 'column', id: column.id, type: column.type } as const,
  }));
  return { op: 'project', input, assignments, columns: join.columns };
}

function lowerOrdered({ type, on, left, right, columns }: JoinParts): PhysicalPlan {
  const leftIds = idsOf(left.columns);
  const rightIds = idsOf(right.columns);
  const keys: JoinKey[] = [];
  const maybeKeys: MaybeKey[] = [];
  const residual: Expr[] = [];
  for (const predicate of on) {
    const key = keyOf(predicate, leftIds, rightIds);
    const maybe = key === null && type === 'anti' ? maybeKeyOf(predicate, leftIds, rightIds) : null;
    if (key !== null) keys.push(key);
    else if (maybe !== null) maybeKeys.push(maybe);
    else residual.push(predicate);
  }
  if (maybeKeys.length > 0) return { op: 'null-aware-anti-join', left, right, keys, maybeKeys, residual, columns };
  if (keys.length === 0) return { op: 'nested-loop-join', type, left, right, on, columns };
  return { op: 'hash-join', type, left, right, keys, residual, columns };
}

function keyOf(predicate: Expr, left: ReadonlySet<ColumnId>, right: ReadonlySet<ColumnId>): JoinKey | null {
  if (predicate.kind !== 'compare' || (predicate.op !== '=' && predicate.op !== 'is-not-distinct')) return null;
  if (!isHashableAs(typeOf(predicate.left), typeOf(predicate.right))) return null;
  if (isVolatile(predicate) || mayFail(predicate)) return null;
  if (readsOnly(predicate.left, left) && readsOnly(predicate.right, right)) {
    return { left: predicate.left, right: predicate.right, op: predicate.op };
  }
  if (readsOnly(predicate.left, right) && readsOnly(predicate.right, left)) {
    return { left: predicate.right, right: predicate.left, op: predicate.op };
  }
  return null;
}

/** The equation of `(x = y) IS NOT FALSE`. */
function maybeKeyOf(predicate: Expr, left: ReadonlySet<ColumnId>, right: ReadonlySet<ColumnId>): MaybeKey | null {
  if (predicate.kind !== 'is-bool' || predicate.value || !predicate.negated) return null;
  const key = keyOf(predicate.operand, left, right);
  return key === null || key.op !== '=' ? null : { left: key.left, right: key.right };
}

/** Whether equal values of the two types have equal keys: the same type, or text of any length (bpchar ignores trailing spaces, so only with itself). */
function isHashableAs(a: DataType, b: DataType): boolean {
  if (sameType(a, b)) return true;
  return isTextLike(a) && isTextLike(b) && a.kind !== 'bpchar' && b.kind !== 'bpchar';
}

/** Reads at least one column, and only of these. A correlated column of an enclosing Apply belongs to neither side. */
function readsOnly(expr: Expr, ids: ReadonlySet<ColumnId>): boolean {
  const read = columnsRead(expr);
  return read.size > 0 && [...read].every((id) => ids.has(id));
}

function idsOf(columns: readonly Column[]): ReadonlySet<ColumnId> {
  return new Set(columns.map((column) => column.id));
}
