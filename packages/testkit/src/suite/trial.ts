import { assert } from '@millrace/core';
import { columnsOf, inputsOf, type LogicalPlan, lower, type SwitchableRule } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import type { Problems } from './checks.ts';
import { contractOf, judge, nullInNotNull, type Verdict } from './judge.ts';
import { rewriteUnderLaws, volatileCalls } from './laws.ts';
import {
  type CountedRandom,
  constantRandom,
  errorOutcome,
  type Outcome,
  type PlanRunner,
  referenceOutcome,
  runInputOf,
  sequenceRandom,
} from './outcome.ts';
import type { Rewriting } from './rewriting.ts';

/** What came of trying a rule on one plan. */
export interface TrialResult {
  readonly hasFired: boolean;
  /** Each check that failed, with how. Empty: the rule did nothing wrong. */
  readonly problems: Problems;
  /** Null where nothing was compared: the rule did not fire, or what it made cannot run. */
  readonly compared: { readonly verdict: Verdict; readonly expected: Outcome; readonly actual: Outcome } | null;
  readonly notes: readonly string[];
}

/** How a plan is tried. */
export interface TrialOptions {
  /** Runs the plan after the rule; the reference interpreter does if left out. */
  readonly run?: PlanRunner;
  /**
   * Whether `random()` is a sequence, so that the rule must call it as often and in the same order. Else each call gives the same number, and the
   * rule may call it less often, but not more.
   */
  readonly volatile?: boolean;
}

/**
 * Tries a rule on a plan: it is kept to the laws while it rewrites; then the plan as it is goes through the reference interpreter, the plan after
 * the rule through the runner (the interpreter again if there is none), and both answers are compared under the rule's contract.
 */
export async function tryRule(rule: SwitchableRule, subject: PlanCase, options: TrialOptions): Promise<TrialResult> {
  const notes: string[] = [];
  const { rewriting, problems } = rewriteUnderLaws(rule, subject, notes);
  const hasFired = rewriting !== null && rewriting.before !== rewriting.after;
  if (!hasFired || problems.has('valid') || problems.has('columns'))
    return { hasFired, problems, compared: null, notes };
  const random = options.volatile === true ? sequenceRandom : constantRandom;
  const [before, after] = [random(), random()];
  const expected = referenceOutcome(subject.plan, subject, before);
  const actual = await runAfter(rewriting, subject, { run: options.run, random: after });
  const plan = rewriting.stage === 'logical' ? rewriting.after : subject.plan;
  const verdict = judge({ subject, after: plan, contract: contractOf(rule.contract), expected, actual });
  if (typeof verdict === 'object') problems.set(verdict.check, verdict.problem);
  const haveRows = expected.kind === 'rows' && actual.kind === 'rows';
  const isMoreOften = haveRows && after.calls > before.calls && volatileCalls(subject.plan) > 0;
  if (isMoreOften && !problems.has('volatile'))
    problems.set('volatile', `random() is called ${after.calls} times instead of ${before.calls}`);
  if (haveRows && rewriting.stage === 'logical') checkTightened(rewriting, subject, problems);
  return { hasFired, problems, compared: { verdict, expected, actual }, notes };
}

async function runAfter(
  rewriting: Rewriting,
  subject: PlanCase,
  { run, random }: { readonly run: PlanRunner | undefined; readonly random: CountedRandom },
): Promise<Outcome> {
  if (run === undefined) {
    assert(rewriting.stage === 'logical', 'a physical rule needs a runner: pass `run`');
    return referenceOutcome(rewriting.after, subject, random);
  }
  try {
    const plan = rewriting.stage === 'logical' ? lower(rewriting.after) : rewriting.after;
    return await run(plan, runInputOf(subject, random));
  } catch (error) {
    return errorOutcome(error);
  }
}

/** What a new node says of NULL must be true as well, not only what the root says. Nodes inside subqueries depend on a row and are left out. */
function checkTightened(
  { before, after }: Extract<Rewriting, { stage: 'logical' }>,
  subject: PlanCase,
  problems: Problems,
): void {
  const known = new Set<LogicalPlan>();
  const remember = (plan: LogicalPlan): void => {
    known.add(plan);
    for (const input of inputsOf(plan)) remember(input);
  };
  remember(before);
  const visit = (plan: LogicalPlan): void => {
    if (known.has(plan)) return;
    if (plan !== after && columnsOf(plan).some((column) => !column.nullable)) {
      const outcome = referenceOutcome(plan, subject, constantRandom());
      const problem = outcome.kind === 'rows' ? nullInNotNull(plan, outcome.rows) : null;
      if (problem !== null) problems.set('nullability', problem);
    }
    for (const input of plan.kind === 'apply' ? [plan.input] : inputsOf(plan)) visit(input);
  };
  visit(after);
}

/** Everything a rule does wrong on this plan. A runner that breaks is a problem too. */
export async function problemsOf(rule: SwitchableRule, subject: PlanCase, options: TrialOptions): Promise<Problems> {
  try {
    return (await tryRule(rule, subject, options)).problems;
  } catch (error) {
    return new Map([['throws', error instanceof Error ? error.message : String(error)]]);
  }
}
