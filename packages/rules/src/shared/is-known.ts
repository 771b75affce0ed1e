import { type Expr, replaceColumns } from '@millrace/core';
import { columnExpr, columnsOf, type JoinType, type LogicalPlan, type PlanOf, readsOnly } from '@millrace/planner';
import { isListed } from './mirrored.ts';

/** Inputs whose rows come up as they are, or not at all: what is TRUE of them is TRUE of the join's rows. */
const KEPT: Readonly<Record<JoinType, readonly ('left' | 'right')[]>> = {
  inner: ['left', 'right'],
  semi: ['left'],
  left: ['left'],
  anti: ['left'],
  right: ['right'],
  full: [],
};

/**
 * Whether a predicate stands somewhere below already, so that it is TRUE of every row of the plan. Looks where the rules of `pushdown` move
 * predicates to, and for what they make of them on the way: else a rule that infers it would do so again in every pass.
 */
export function isKnown(predicate: Expr, plan: LogicalPlan): boolean {
  switch (plan.kind) {
    case 'scan':
      return isListed(predicate, plan.filters);
    case 'filter':
      return isListed(predicate, plan.predicates) || isKnown(predicate, plan.input);
    case 'join':
      if (plan.type === 'inner' && isListed(predicate, plan.on)) return true;
      return KEPT[plan.type].some(
        (side) => readsOnly(predicate, columnsOf(plan[side])) && isKnown(predicate, plan[side]),
      );
    case 'project': {
      const exprs = new Map(plan.assignments.map(({ column, expr }) => [column.id, expr]));
      return isKnown(
        replaceColumns(predicate, (id) => exprs.get(id)),
        plan.input,
      );
    }
    case 'union':
      return plan.inputs.length > 0 && plan.inputs.every((input) => isKnown(inInput(predicate, plan, input), input));
    case 'apply': {
      const isOfInput = readsOnly(predicate, columnsOf(plan.input));
      return isOfInput
        ? isKnown(predicate, plan.input)
        : plan.mode.kind === 'cross' && isKnown(predicate, plan.subquery);
    }
    case 'aggregate':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'window':
      return isKnown(predicate, plan.input);
    case 'values':
    case 'memory':
    case 'function-scan':
    case 'insert':
    case 'extension':
      return false;
    default:
      return plan satisfies never;
  }
}

function inInput(predicate: Expr, { columns }: PlanOf<'union'>, input: LogicalPlan): Expr {
  const sources = columnsOf(input);
  const places = new Map(columns.map((column, i) => [column.id, sources[i]]));
  return replaceColumns(predicate, (id) => {
    const source = places.get(id);
    return source === undefined ? undefined : columnExpr(source);
  });
}
