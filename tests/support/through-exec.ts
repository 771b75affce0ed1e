import type { OptimizerRule, PlanKind } from '@millrace/planner';

/**
 * A rule of the phase `bind` for a suite that runs its plans in the engine's operators. Operators evaluate a batch at a time, so of two expressions
 * that fail another one may fail first than in the interpreter, rule or no rule: the SQLSTATE must be one of those that the plan can raise.
 * That the rule leaves it the same is proved beside the rule, by the interpreter.
 */
export function throughExec<K extends PlanKind>(rule: OptimizerRule<K>): OptimizerRule<K> {
  const contract = { ...rule.contract, errors: 'may-remove' } as const;
  return Object.freeze({ ...rule, contract } as OptimizerRule<K>);
}
