import { type PlanKind, planDigest, type SwitchableRule } from '@millrace/planner';
import fc from 'fast-check';
import { type PlanCase, planCases } from '../gen/plan-case.ts';
import type { LimitPolicy, PlanScope } from '../gen/scope.ts';
import { describeCase } from './counterexample.ts';
import { type Coverage, cover, newCoverage } from './coverage.ts';
import { contractOf } from './judge.ts';
import { checkLaws } from './laws.ts';
import { minimize } from './minimize.ts';
import type { PlanRunner } from './outcome.ts';
import { refute, tryRule } from './trial.ts';

/** How a suite hunts. */
export interface HuntOptions {
  /** Chains of node kinds that the rule looks for; see `CaseOptions.shapes`. */
  readonly shapes: readonly (readonly PlanKind[])[];
  /** Runs the plan after the rule; the reference interpreter does if left out. Physical rules need one. */
  readonly run?: PlanRunner;
  /** Default: `root` for rules whose contract is any-valid-limit, else `ordered`. */
  readonly limits?: LimitPolicy;
  /** What half of the literals are written as. Default: literals. */
  readonly favor?: PlanScope['favor'];
  /** Whether `random()` may appear where answers are compared; the rule must then call it as often and in the same order. Default: no. */
  readonly volatile?: boolean;
}

/** How long, and from where. */
export interface Budget {
  readonly runs: number;
  /** undefined: fast-check picks one. */
  readonly seed: number | undefined;
}

/** What a hunt found: a report to fail with, or null. */
export interface HuntResult {
  readonly problem: string | null;
  readonly coverage: Coverage;
}

/** Compares answers with and without the rule on generated plans and rows. */
export async function huntDifferences(rule: SwitchableRule, options: HuntOptions, budget: Budget): Promise<HuntResult> {
  const coverage = newCoverage();
  const found = await search(casesFor(rule, options, options.volatile ?? false), budget, async (subject) => {
    const result = await tryRule(rule, subject, options.run);
    cover(coverage, { subject, ...result });
    return typeof result.verdict === 'object' ? result.verdict.problem : null;
  });
  if (found === null) return { problem: null, coverage };
  const outcomes = await tryRule(rule, found.subject, options.run).then(
    ({ expected, actual }) => [expected, actual],
    () => [],
  );
  return { problem: `${headOf(rule, found)}\n${describeCase(rule, found.subject, outcomes)}`, coverage };
}

/** Checks the laws that need no data, also over plans with volatile calls. */
export async function huntBrokenLaws(
  rule: SwitchableRule,
  options: HuntOptions,
  budget: Budget,
): Promise<string | null> {
  const found = await search(casesFor(rule, options, true), budget, async (subject) => {
    checkLaws(rule, subject);
    return null;
  });
  return found === null ? null : `${headOf(rule, found)}\n${describeCase(rule, found.subject, [])}`;
}

/** How many runs it took to refute a wrong rule, and how; null if the budget did not do. */
export async function huntMutant(
  mutant: SwitchableRule,
  options: HuntOptions,
  budget: Budget,
): Promise<{ readonly runs: number; readonly problem: string } | null> {
  let runs = 0;
  const found = await search(
    casesFor(mutant, options, options.volatile ?? false),
    { ...budget, endOnFailure: true },
    (subject) => {
      runs++;
      return refute(mutant, subject, options.run);
    },
  );
  return found === null ? null : { runs, problem: found.problem.split('\n')[0] ?? '' };
}

function casesFor(rule: SwitchableRule, options: HuntOptions, volatile: boolean): fc.Arbitrary<PlanCase> {
  const isLimitFree = contractOf(rule.contract).rows === 'any-valid-limit';
  return planCases({
    shapes: options.shapes,
    volatile,
    favor: options.favor ?? 'literals',
    limits: options.limits ?? (isLimitFree ? 'root' : 'ordered'),
  });
}

interface Found {
  readonly subject: PlanCase;
  readonly problem: string;
  readonly seed: number;
  readonly runs: number;
}

/** The smallest case with a problem that fast-check and `minimize` find; an exception is a problem. */
async function search(
  cases: fc.Arbitrary<PlanCase>,
  budget: Budget & { readonly endOnFailure?: boolean },
  problemOf: (subject: PlanCase) => Promise<string | null>,
): Promise<Found | null> {
  const check = async (subject: PlanCase): Promise<string | null> => {
    try {
      return await problemOf(subject);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const details = await fc.check(
    fc.asyncProperty(cases, async (subject) => (await check(subject)) === null),
    {
      numRuns: budget.runs,
      // The domains hold the extremes already; small trees would only be poor ones.
      unbiased: true,
      endOnFailure: budget.endOnFailure ?? false,
      ...(budget.seed === undefined ? {} : { seed: budget.seed }),
    },
  );
  const [shrunk] = details.counterexample ?? [];
  if (shrunk === undefined) return null;
  const subject =
    budget.endOnFailure === true ? shrunk : await minimize(shrunk, async (smaller) => (await check(smaller)) !== null);
  return {
    subject,
    problem: (await check(subject)) ?? 'not the same twice',
    seed: details.seed,
    runs: details.numRuns,
  };
}

function headOf(rule: SwitchableRule, { problem, seed, runs, subject }: Found): string {
  return `${rule.name}: ${problem}\nFUZZ_SEED=${seed}, run ${runs}, plan ${planDigest(subject.plan)}, shrunk to:`;
}
