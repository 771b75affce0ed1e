import type { Expr } from '@millrace/core';
import {
  columnsOf,
  filtered,
  type JoinType,
  type LogicalPlan,
  type OptimizerRule,
  type PlanOf,
  type RuleContext,
  readsOnly,
} from '@millrace/planner';
import { pushFilterIntoJoin } from '../push-filter-into-join.ts';
import { filterStack } from '../shared/move-predicates.ts';

type JoinRule = OptimizerRule<'filter' | 'join'>;

/** A version that takes joins of one type for another, below a filter or by themselves. */
function takenFor(from: JoinType, to: JoinType, on: 'filter' | 'join', why: string): JoinRule {
  const { rewrite } = pushFilterIntoJoin;
  return Object.freeze({
    ...pushFilterIntoJoin,
    name: `push-filter-into-join (${why})`,
    rewrite(node, context) {
      if (node.kind === 'join') {
        if (node.type !== from || on !== 'join') return rewrite(node, context);
        const taken = { ...node, type: to } as const;
        const result = rewrite(taken, context);
        return result === taken || result.kind !== 'join' ? node : { ...result, type: from };
      }
      const { predicates, input: join } = filterStack(node);
      if (join.kind !== 'join' || join.type !== from || on !== 'filter') return rewrite(node, context);
      const { left, right } = movedInto({ ...join, type: to, on: [] }, predicates, context);
      if (left.length + right.length === 0) return node;
      const rest = predicates.filter((predicate) => !left.includes(predicate) && !right.includes(predicate));
      const moved = { ...join, left: filtered(join.left, left), right: filtered(join.right, right) } as const;
      return filtered(rewrite(moved, context), rest);
    },
  } satisfies JoinRule);
}

/** The predicates that the rule would give to each side. */
function movedInto(join: PlanOf<'join'>, predicates: readonly Expr[], context: RuleContext) {
  const result = pushFilterIntoJoin.rewrite({ kind: 'filter', input: join, predicates }, context);
  const below = result.kind === 'filter' ? result.input : result;
  const added = (input: LogicalPlan, was: LogicalPlan): readonly Expr[] =>
    input.kind === 'filter' && input !== was ? input.predicates.filter((one) => predicates.includes(one)) : [];
  if (below.kind !== 'join') return { left: [], right: [] };
  return { left: added(below.left, join.left), right: added(below.right, join.right) };
}

/** Wrong: a filter of the nullable side moves below it, and "no match" takes the place of the rows that it drops. */
export const filterOnNullableSide: JoinRule = takenFor('left', 'right', 'filter', 'into the nullable side');
/** Wrong: a full join keeps its left rows, but fills them with NULLs too. */
export const filterBelowFull: JoinRule = takenFor('full', 'left', 'filter', 'full as left');
/** Wrong: a left row that fails ON is still a row. */
export const onIntoPreservedSide: JoinRule = takenFor('left', 'inner', 'join', 'ON of the preserved side');
/** Wrong: an anti join keeps the left rows that fail ON. */
export const onOfAntiJoin: JoinRule = takenFor('anti', 'semi', 'join', 'anti as semi');

/** Wrong: what may fail is evaluated for rows that meet no partner. */
export const fallibleBelowJoin: JoinRule = Object.freeze({
  ...pushFilterIntoJoin,
  name: 'push-filter-into-join (what may fail, too)',
  rewrite(node, context) {
    if (node.kind === 'join') return pushFilterIntoJoin.rewrite(node, context);
    const { predicates, input: join } = filterStack(node);
    if (join.kind !== 'join' || join.type !== 'inner') return pushFilterIntoJoin.rewrite(node, context);
    const moved = predicates.filter((predicate) => readsOnly(predicate, columnsOf(join.left)));
    if (moved.length === 0) return pushFilterIntoJoin.rewrite(node, context);
    const below = { ...join, left: filtered(join.left, moved) } as const;
    const rest = filtered(
      below,
      predicates.filter((predicate) => !moved.includes(predicate)),
    );
    return rest.kind === 'filter' || rest.kind === 'join' ? pushFilterIntoJoin.rewrite(rest, context) : rest;
  },
} satisfies JoinRule);

/** Wrong: the filter goes to the front of ON and no longer stands behind its guard. */
export const filterAheadOfOn: JoinRule = Object.freeze({
  ...pushFilterIntoJoin,
  name: 'push-filter-into-join (ahead of ON)',
  rewrite(node, context) {
    const result = pushFilterIntoJoin.rewrite(node, context);
    if (node.kind === 'join' || result.kind !== 'join') return result;
    const { predicates } = filterStack(node);
    const isNew = (predicate: Expr): boolean => predicates.includes(predicate);
    return { ...result, on: [...result.on.filter(isNew), ...result.on.filter((predicate) => !isNew(predicate))] };
  },
} satisfies JoinRule);
