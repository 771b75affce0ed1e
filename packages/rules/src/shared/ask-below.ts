import { type Expr, replaceColumns } from '@millrace/core';
import type { JoinType, LogicalPlan, PlanOf } from '@millrace/planner';

type Ask = (scan: PlanOf<'scan'>, predicates: readonly Expr[]) => LogicalPlan;
type Side = 'left' | 'right';

/** Inputs of whose rows only those matter that pass a filter above the join. */
const FILTERED_ABOVE: Readonly<Record<JoinType, readonly Side[]>> = {
  inner: ['left', 'right'],
  left: ['left'],
  right: ['right'],
  full: [],
  semi: ['left'],
  anti: ['left'],
};
/** Inputs of whose rows only those matter that pass `on`. */
const FILTERED_BY_ON: Readonly<Record<JoinType, readonly Side[]>> = {
  inner: ['left', 'right'],
  left: ['right'],
  right: ['left'],
  full: [],
  semi: ['left', 'right'],
  anti: ['right'],
};

/**
 * Tells the scans below a Filter, or a join with its `on`, which of their rows nobody needs: `ask` gets a scan and the predicates that every row
 * of it must be able to pass, in the scan's own columns as far as they are those. Goes through what hands rows on one by one. Identity is kept.
 */
export function askBelow(node: PlanOf<'filter'> | PlanOf<'join'>, predicates: readonly Expr[], ask: Ask): LogicalPlan {
  return node.kind === 'join' ? ofJoin(node, FILTERED_BY_ON, predicates, ask) : below(node, predicates, ask);
}

function below(plan: LogicalPlan, predicates: readonly Expr[], ask: Ask): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
      return ask(plan, predicates);
    case 'filter':
    case 'distinct':
    case 'apply':
      return withInput(plan, below(plan.input, predicates, ask));
    case 'sort':
      return plan.range === null ? withInput(plan, below(plan.input, predicates, ask)) : plan;
    case 'project':
      return withInput(
        plan,
        below(
          plan.input,
          predicates.map((predicate) => inInput(predicate, plan)),
          ask,
        ),
      );
    case 'join':
      return ofJoin(plan, FILTERED_ABOVE, predicates, ask);
    default:
      return plan;
  }
}

function ofJoin(
  join: PlanOf<'join'>,
  filtered: Readonly<Record<JoinType, readonly Side[]>>,
  predicates: readonly Expr[],
  ask: Ask,
): LogicalPlan {
  const sides = filtered[join.type];
  const left = sides.includes('left') ? below(join.left, predicates, ask) : join.left;
  const right = sides.includes('right') ? below(join.right, predicates, ask) : join.right;
  return left === join.left && right === join.right ? join : { ...join, left, right };
}

/** Columns that a Project hands on, by their name below. */
function inInput(predicate: Expr, { assignments }: PlanOf<'project'>): Expr {
  const sources = new Map(assignments.map(({ column, expr }) => [column.id, expr]));
  return replaceColumns(predicate, (id) => {
    const source = sources.get(id);
    return source?.kind === 'column' ? source : undefined;
  });
}

function withInput<P extends LogicalPlan & { readonly input: LogicalPlan }>(plan: P, input: LogicalPlan): P {
  return input === plan.input ? plan : { ...plan, input };
}
