import { columnsRead, type Expr, failure, types } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { exprsOf } from '../plan/expressions.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { somePlan } from '../plan/rewrite.ts';
import type { BindState } from './bind-state.ts';
import type { PendingSet } from './expr-context.ts';

/**
 * Set-returning functions of a select list: each input row is repeated for what they return. Several run in lockstep, the shorter ones padded
 * with NULL:
 *
 *     Apply cross(input, FunctionScan)      Apply cross(input, Project(Sort(FunctionScan full join FunctionScan on ordinality)))
 */
export function expandSets(state: BindState, input: LogicalPlan, sets: readonly PendingSet[]): LogicalPlan {
  const [first, ...others] = sets;
  if (first === undefined) return input;
  const outputs = new Set(sets.map((set) => set.output.id));
  const isNested = (exprs: readonly Expr[]): boolean =>
    exprs.some((expr) => [...columnsRead(expr)].some((id) => outputs.has(id)));
  if (sets.some((set) => isNested(set.args)) || somePlan(input, (plan) => isNested(exprsOf(plan)))) {
    throw failure('notSupported', { feature: 'a set-returning function inside another or in a subquery' });
  }
  const subquery = others.length === 0 ? scanOf(first, null) : lockstep(state, sets);
  return { kind: 'apply', input, subquery, mode: { kind: 'cross' } };
}

function scanOf(set: PendingSet, ordinality: ReturnType<BindState['newColumn']> | null): LogicalPlan {
  return { kind: 'function-scan', fn: set.fn, args: set.args, columns: [set.output], ordinality };
}

function lockstep(state: BindState, sets: readonly PendingSet[]): LogicalPlan {
  let plan: LogicalPlan | null = null;
  let row: Expr | null = null;
  for (const set of sets) {
    const ordinality = state.newColumn('ordinality', types.int8, true);
    const scan = scanOf(set, ordinality);
    const own = columnExpr(ordinality);
    if (plan === null || row === null) {
      plan = scan;
      row = own;
    } else {
      const on: Expr = { kind: 'compare', op: '=', left: row, right: own };
      plan = { kind: 'join', type: 'full', left: plan, right: scan, on: [on] };
      row = { kind: 'coalesce', args: [row, own], type: types.int8 };
    }
  }
  const position = state.newColumn('ordinality', types.int8, true);
  const columns = sets.map(({ output }) => ({ column: output, expr: columnExpr(output) }));
  const numbered: LogicalPlan = {
    kind: 'project',
    input: plan!,
    assignments: [...columns, { column: position, expr: row! }],
  };
  const key = { id: position.id, descending: false, nullsFirst: false };
  return { kind: 'sort', input: numbered, keys: [key], range: null };
}
