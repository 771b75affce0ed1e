import { type ColumnId, columnsRead, type Expr, mayFail } from '@millrace/core';
import { columnIdsOf, columnsOf, type LogicalPlan, type PlanOf } from '@millrace/planner';
import { type Estimate, estimateRows, joinEstimate } from './estimate-rows.ts';

/** Inner joins right above each other: what they join, and the predicates of all of them, the lowest first. */
export interface JoinChain {
  readonly relations: readonly LogicalPlan[];
  readonly predicates: readonly Expr[];
}

/** The chain that a join is the top of. */
export function chainOf(plan: LogicalPlan): JoinChain {
  const relations: LogicalPlan[] = [];
  const predicates: Expr[] = [];
  const visit = (node: LogicalPlan): void => {
    if (node.kind !== 'join' || node.type !== 'inner') {
      relations.push(node);
      return;
    }
    visit(node.left);
    visit(node.right);
    predicates.push(...node.on);
  };
  visit(plan);
  return { relations, predicates };
}

/** A part of the new tree. */
interface Part {
  readonly plan: LogicalPlan;
  readonly estimate: Estimate;
  readonly ids: ReadonlySet<ColumnId>;
}

/**
 * The chain joined in the order of the estimates: from the smallest relation on, always with the one that gives the fewest rows and shares a predicate with
 * what is joined already; parts that nothing ties together are joined last. The smaller side is the right one, which a hash join builds its table from. Each
 * predicate stands at the first join that knows what it reads; those that may fail, behind all others at the last one. null if a size is unknown.
 */
export function orderChain({ relations, predicates }: JoinChain): LogicalPlan | null {
  const parts: Part[] = [];
  for (const plan of relations) {
    const estimate = estimateRows(plan);
    if (estimate === null) return null;
    parts.push({ plan, estimate, ids: columnIdsOf(plan) });
  }
  parts.sort((a, b) => a.estimate.rows - b.estimate.rows || firstId(a) - firstId(b));
  const known = new Set(parts.flatMap((part) => [...part.ids]));
  // Columns of an enclosing Apply are there everywhere.
  const open: Open = new Map(
    predicates
      .filter((predicate) => !mayFail(predicate))
      .map((predicate) => [predicate, [...columnsRead(predicate)].filter((id) => known.has(id))]),
  );
  while (parts.length > 1) {
    const [first, second] = nextPair(parts, open);
    const joined = joinOf(first, second, open);
    parts.splice(parts.indexOf(second), 1);
    parts[parts.indexOf(first)] = joined;
  }
  const plan = parts[0]?.plan;
  const last = predicates.filter(mayFail);
  return plan?.kind === 'join' && last.length > 0 ? { ...plan, on: [...plan.on, ...last] } : (plan ?? null);
}

/** The predicates that have no join yet, and what they read of the chain. */
type Open = Map<Expr, readonly ColumnId[]>;

/** The first part that some predicate ties to another, and the best of those; if none is tied, the two smallest. */
function nextPair(parts: readonly Part[], open: Open): readonly [Part, Part] {
  const place = new Map(parts.flatMap((part, i) => [...part.ids].map((id) => [id, i] as const)));
  /** Predicates by the two parts that they tie, the one that stands first in front. */
  const tied = new Map<number, Map<number, Expr[]>>();
  for (const [predicate, read] of open) {
    const [i, j, ...more] = [...new Set(read.map((id) => place.get(id) ?? 0))].sort((a, b) => a - b);
    if (i === undefined || j === undefined || more.length > 0) continue;
    const others = tied.get(i) ?? new Map<number, Expr[]>();
    tied.set(i, others.set(j, [...(others.get(j) ?? []), predicate]));
  }
  const first = tied.size === 0 ? 0 : Math.min(...tied.keys());
  let second = first + 1;
  let fewest = Number.POSITIVE_INFINITY;
  for (const [other, on] of [...(tied.get(first) ?? [])].sort(([a], [b]) => a - b)) {
    const { rows } = joinEstimate((parts[first] as Part).estimate, (parts[other] as Part).estimate, on);
    if (rows < fewest) [second, fewest] = [other, rows];
  }
  return [parts[first] as Part, parts[second] as Part];
}

/** Joins two parts on every open predicate that can be evaluated now, and closes those. */
function joinOf(first: Part, second: Part, open: Open): Part {
  const ids = new Set([...first.ids, ...second.ids]);
  const on = [...open].filter(([, read]) => read.every((id) => ids.has(id))).map(([predicate]) => predicate);
  for (const predicate of on) open.delete(predicate);
  const isSmaller = first.estimate.rows < second.estimate.rows;
  const [left, right] = isSmaller ? [second, first] : [first, second];
  const plan: PlanOf<'join'> = { kind: 'join', type: 'inner', left: left.plan, right: right.plan, on };
  return { plan, estimate: joinEstimate(first.estimate, second.estimate, on), ids };
}

function firstId({ plan }: Part): number {
  return Math.min(...columnsOf(plan).map((column) => column.id));
}

/** Joins known to be in order, whatever stands above them: plans are immutable, and sizes are part of them. */
const SETTLED: WeakSet<LogicalPlan> = new WeakSet();

/** Whether a join is a part of a chain that was ordered. */
export function isSettled(plan: LogicalPlan): boolean {
  return SETTLED.has(plan);
}

/**
 * Remembers that a chain is in order, and so is each part of it: what was chosen among all relations is chosen again among fewer. Without this each join of
 * a long chain would be ordered on its own.
 */
export function settle(plan: LogicalPlan): void {
  if (plan.kind !== 'join' || plan.type !== 'inner' || SETTLED.has(plan)) return;
  SETTLED.add(plan);
  settle(plan.left);
  settle(plan.right);
}

/** Whether two chains are the same tree over the same relations. */
export function isSameTree(a: LogicalPlan, b: LogicalPlan): boolean {
  if (a === b) return true;
  if (a.kind !== 'join' || b.kind !== 'join' || a.type !== 'inner' || b.type !== 'inner') return false;
  const hasSameOn = a.on.length === b.on.length && a.on.every((predicate, i) => predicate === b.on[i]);
  return hasSameOn && isSameTree(a.left, b.left) && isSameTree(a.right, b.right);
}
