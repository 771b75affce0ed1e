import { assert, DEFAULT_FORMAT, standardFunctions } from '@millrace/core';
import { bindStatement, checkPlan, type RuleExample, type SqlFrontend, type SwitchableRule } from '@millrace/planner';
import { FIXTURE_CATALOG } from '../gen/tables.ts';
import { contextOf, printRewriting, rewrite } from './rewriting.ts';
import { deepFreeze } from './same-data.ts';

/**
 * Plans a rule's example without any other rule and applies the rule: both plans as text, without ids. `after` is 'unchanged' only if the rule
 * returned the very same plan.
 */
export function runExample(
  rule: SwitchableRule,
  example: RuleExample,
  frontend: SqlFrontend,
): Pick<RuleExample, 'before' | 'after'> {
  const [parsed] = frontend.parse(example.sql);
  assert(parsed !== undefined, `the example "${example.title}" has no statement`);
  const environment = { catalog: FIXTURE_CATALOG, functions: standardFunctions, parameterTypes: [] };
  const { plan, nextColumnId } = bindStatement(parsed.statement, environment);
  checkPlan(plan, 'full');
  const binding = {
    parameters: (example.parameters ?? []).map((value) =>
      value === null ? null : ({ kind: 'value', value } as const),
    ),
    format: DEFAULT_FORMAT,
    transactionMicros: 0n,
  };
  const rewriting = rewrite(rule, deepFreeze(plan), contextOf(rule, { nextColumnId, binding }));
  if (rewriting.stage === 'logical') checkPlan(rewriting.after, 'full');
  const printed = printRewriting(rewriting, 'never');
  return { before: printed.before, after: rewriting.before === rewriting.after ? 'unchanged' : printed.after };
}
