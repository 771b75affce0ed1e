import { assert } from '@millrace/core';
import { lower, type SwitchableRule } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { contractOf, judge, type Verdict } from './judge.ts';
import { checkLaws } from './laws.ts';
import { errorOutcome, type Outcome, type PlanRunner, referenceOutcome, runInputOf } from './outcome.ts';
import { rewriteCase } from './rewriting.ts';

/** What came of trying a rule on one plan. */
export interface TrialResult {
  readonly hasFired: boolean;
  readonly verdict: Verdict;
  readonly expected: Outcome;
  readonly actual: Outcome;
  readonly notes: readonly string[];
}

/**
 * Tries a rule on a plan: the plan as it is goes through the reference interpreter, the plan after the rule through the runner (the interpreter again if
 * there is none), and both answers are compared under the rule's contract.
 */
export async function tryRule(
  rule: SwitchableRule,
  subject: PlanCase,
  run: PlanRunner | undefined,
): Promise<TrialResult> {
  const notes: string[] = [];
  const rewriting = rewriteCase(rule, subject, notes);
  const hasFired = rewriting.before !== rewriting.after;
  const expected = referenceOutcome(subject.plan, subject);
  if (!hasFired) return { hasFired, verdict: 'same', expected, actual: expected, notes };
  const after = rewriting.stage === 'logical' ? rewriting.after : subject.plan;
  const actual = await runAfter(rewriting, subject, run);
  const verdict = judge({ subject, after, contract: contractOf(rule.contract), expected, actual });
  return { hasFired, verdict, expected, actual, notes };
}

async function runAfter(
  rewriting: ReturnType<typeof rewriteCase>,
  subject: PlanCase,
  run: PlanRunner | undefined,
): Promise<Outcome> {
  if (run === undefined) {
    assert(rewriting.stage === 'logical', 'a physical rule needs a runner: pass `run`');
    return referenceOutcome(rewriting.after, subject);
  }
  try {
    return await run(rewriting.stage === 'logical' ? lower(rewriting.after) : rewriting.after, runInputOf(subject));
  } catch (error) {
    return errorOutcome(error);
  }
}

/** Whether a rule breaks a law or changes an answer on this plan; null if not. What must not be null for some plan, for every mutant. */
export async function refute(
  rule: SwitchableRule,
  subject: PlanCase,
  run: PlanRunner | undefined,
): Promise<string | null> {
  try {
    const { verdict } = await tryRule(rule, subject, run);
    if (typeof verdict === 'object') return verdict.problem;
    checkLaws(rule, subject);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
