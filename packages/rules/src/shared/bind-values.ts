import { assert, type EvaluationContext, type Expr, type SessionFacts, someExpr } from '@millrace/core';
import { type BindValues, exprsOf, type LogicalPlan, somePlan } from '@millrace/planner';

/** The nodes that hold expressions: what rules of the phase `bind` look at. */
export const NODES_WITH_EXPRS = [
  'scan',
  'values',
  'function-scan',
  'filter',
  'project',
  'join',
  'aggregate',
  'window',
  'sort',
  'limit',
  'apply',
  'extension',
] as const;
/** The node kinds of that list. */
export type NodeWithExprs = (typeof NODES_WITH_EXPRS)[number];

/** Whether any expression anywhere in the plan contains one that satisfies the predicate. */
export function someExprOf(plan: LogicalPlan, predicate: (expr: Expr) => boolean): boolean {
  return somePlan(plan, (node) => exprsOf(node).some((expr) => someExpr(expr, predicate)));
}

/** What a cast may know while values are bound: the formats and the transaction's time, nothing that changes during the statement. */
export function bindingContext(binding: BindValues): EvaluationContext {
  return {
    transactionMicros: binding.transactionMicros,
    statementMicros: binding.transactionMicros,
    clockMicros: () => unavailable('the clock'),
    random: () => unavailable('random()'),
    uuid: () => unavailable('gen_random_uuid()'),
    format: binding.format,
    parameters: binding.parameters,
    session: NO_SESSION,
  };
}

const NO_SESSION: SessionFacts = Object.freeze({
  user: '',
  database: '',
  processId: 0,
  searchPath: [],
  setting: () => undefined,
  setSetting: () => unavailable('set_config'),
  catalog: () => unavailable('the catalog'),
});

function unavailable(what: string): never {
  assert(false, `a cast asked for ${what} while values are bound`);
}
