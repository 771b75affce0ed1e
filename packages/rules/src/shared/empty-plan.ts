import { type Column, type Expr, types } from '@millrace/core';
import {
  type ApplyMode,
  columnExpr,
  columnIdsOf,
  columnsOf,
  type LogicalPlan,
  literalExpr,
  type PlanOf,
} from '@millrace/planner';

/** Whether a plan is known to have no rows, by its form. */
export function isEmpty(plan: LogicalPlan): boolean {
  return plan.kind === 'values' && plan.rows.length === 0;
}

/** No rows with the columns of a plan. */
export function emptyLike(plan: LogicalPlan): PlanOf<'values'> {
  return { kind: 'values', columns: columnsOf(plan), rows: [] };
}

/** A join of which a side is empty: nothing, or the side that it keeps, with NULLs for the other one's columns. */
export function withoutEmptySide(join: PlanOf<'join'>): LogicalPlan {
  const [noLeft, noRight] = [isEmpty(join.left), isEmpty(join.right)];
  if (!noLeft && !noRight) return join;
  switch (join.type) {
    case 'inner':
    case 'semi':
      return emptyLike(join);
    case 'anti':
      return noLeft ? emptyLike(join) : join.left;
    case 'left':
      return noLeft ? emptyLike(join) : padded(join, join.left, nullOf);
    case 'right':
      return noRight ? emptyLike(join) : padded(join, join.right, nullOf);
    case 'full':
      return noLeft && noRight ? emptyLike(join) : padded(join, noLeft ? join.right : join.left, nullOf);
    default:
      return join.type satisfies never;
  }
}

/** UNION ALL without the inputs that are empty; of one input that is left, its rows under the union's columns. */
export function withoutEmptyInputs(union: PlanOf<'union'>): LogicalPlan {
  const inputs = union.inputs.filter((input) => !isEmpty(input));
  const [only] = inputs;
  if (inputs.length === union.inputs.length) return union;
  if (only === undefined) return emptyLike(union);
  if (inputs.length > 1) return { ...union, inputs };
  const sources = columnsOf(only);
  const assignments = union.columns.flatMap((column, i) => {
    const source = sources[i];
    return source === undefined ? [] : [{ column, expr: columnExpr(source) }];
  });
  return { kind: 'project', input: only, assignments };
}

/** An Apply of which the input or the subquery is empty. */
export function withoutEmptySubquery(apply: PlanOf<'apply'>): LogicalPlan {
  const { mode } = apply;
  if (isEmpty(apply.input)) return emptyLike(apply);
  if (!isEmpty(apply.subquery)) return apply;
  return mode.kind === 'cross'
    ? emptyLike(apply)
    : padded(apply, apply.input, (column) => answerOfNothing(mode, column));
}

/** What a subquery without rows says. */
function answerOfNothing(mode: ApplyMode, column: Column): Expr {
  switch (mode.kind) {
    case 'exists':
      return literalExpr(false, types.bool);
    case 'quantified':
      return literalExpr(mode.quantifier === 'all', types.bool);
    case 'array':
      return literalExpr([], mode.output.type);
    case 'scalar':
    case 'cross':
    case 'left':
      return nullOf(column);
    default:
      return mode satisfies never;
  }
}

function nullOf(column: Column): Expr {
  return literalExpr(null, column.type);
}

/** The rows of `kept` with the columns of `plan`: its own as they are, the others by `fillerOf`. */
function padded(plan: LogicalPlan, kept: LogicalPlan, fillerOf: (column: Column) => Expr): PlanOf<'project'> {
  const ids = columnIdsOf(kept);
  const assignments = columnsOf(plan).map((column) => ({
    column,
    expr: ids.has(column.id) ? columnExpr(column) : fillerOf(column),
  }));
  return { kind: 'project', input: kept, assignments };
}
