import { type Column, type Expr, types } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { Aggregation, Assignment, LogicalPlan } from '../plan/logical-plan.ts';
import type { BindState } from './bind-state.ts';

/**
 * INTERSECT and EXCEPT (without ALL) by counting: the union of both sides, tagged, grouped by all columns, keeps the groups that have rows of
 * the left and (INTERSECT) or but none (EXCEPT) of the right. NULLs are equal, as grouping has it.
 */
export function intersectOrExcept(
  state: BindState,
  op: 'intersect' | 'except',
  sides: { readonly left: LogicalPlan; readonly right: LogicalPlan; readonly columns: readonly Column[] },
): LogicalPlan {
  const union = tagged(state, sides);
  const tag = columnExpr(union.columns[union.columns.length - 1]!);
  const count = (filter: Expr): Aggregation => ({
    column: state.newColumn('count', types.int8, false),
    fn: 'count(*)',
    args: [],
    isDistinct: false,
    filter,
    orderBy: [],
  });
  const [ofLeft, ofRight] = [count(tag), count({ kind: 'not', operand: tag })];
  const groups = union.columns.slice(0, -1);
  const aggregate: LogicalPlan = {
    kind: 'aggregate',
    input: union,
    groupBy: groups.map((column) => column.id),
    aggregations: [ofLeft, ofRight],
  };
  const zero: Expr = { kind: 'literal', value: 0n, type: types.int8 };
  const predicates: readonly Expr[] = [
    { kind: 'compare', op: '>', left: columnExpr(ofLeft.column), right: zero },
    { kind: 'compare', op: op === 'intersect' ? '>' : '=', left: columnExpr(ofRight.column), right: zero },
  ];
  const assignments = sides.columns.map((column, i): Assignment => ({ column, expr: columnExpr(groups[i]!) }));
  return { kind: 'project', input: { kind: 'filter', input: aggregate, predicates }, assignments };
}

function tagged(
  state: BindState,
  sides: { readonly left: LogicalPlan; readonly right: LogicalPlan; readonly columns: readonly Column[] },
): Extract<LogicalPlan, { kind: 'union' }> {
  const side = (input: LogicalPlan, isLeft: boolean): LogicalPlan => {
    const passed = columnsOf(input).map((column): Assignment => ({ column, expr: columnExpr(column) }));
    const column = state.newColumn('is_left', types.bool, false);
    const expr: Expr = { kind: 'literal', value: isLeft, type: types.bool };
    return { kind: 'project', input, assignments: [...passed, { column, expr }] };
  };
  const columns = sides.columns.map(({ name, type, nullable }) => state.newColumn(name, type, nullable));
  return {
    kind: 'union',
    inputs: [side(sides.left, true), side(sides.right, false)],
    columns: [...columns, state.newColumn('is_left', types.bool, false)],
  };
}
