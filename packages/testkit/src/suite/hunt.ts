import { assert } from '@millrace/core';
import { type PlanKind, planDigest, type SwitchableRule } from '@millrace/planner';
import fc from 'fast-check';
import { type PlanCase, planCases } from '../gen/plan-case.ts';
import type { LimitPolicy, PlanScope } from '../gen/scope.ts';
import { CHECKS, type CheckName } from './checks.ts';
import { describeCase } from './counterexample.ts';
import { type Coverage, cover, newCoverage } from './coverage.ts';
import { contractOf } from './judge.ts';
import { minimize } from './minimize.ts';
import type { PlanRunner } from './outcome.ts';
import { problemsOf, tryRule } from './trial.ts';

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
  /** Whether many expressions stand at several places. Default: no. */
  readonly repeats?: boolean;
  /** Fixture tables that most scans read. Default: none, all alike. */
  readonly tables?: PlanScope['tables'];
  /**
   * Whether `random()` appears often, as a sequence: the rule must call it as often and in the same order. Default: no. Then it appears in one run
   * of eight, gives the same number each time, and may be called less often, but not more.
   */
  readonly volatile?: boolean;
}

/** How long, and from where. */
export interface Budget {
  readonly runs: number;
  /** undefined: fast-check picks one. */
  readonly seed: number | undefined;
}

/** A rule's fault: which check failed on which smallest plan. */
export interface Find {
  readonly check: CheckName;
  readonly problem: string;
  /** The smallest case that shows it. */
  readonly subject: PlanCase;
  readonly seed: number;
  /** Of the first case that showed it, and where fast-check's shrinking went from there. */
  readonly run: number;
  readonly path: string;
  /** All of it for a reader. */
  readonly report: string;
}

/** What a hunt found, and what its runs have seen. */
export interface HuntResult {
  readonly finds: ReadonlyMap<CheckName, Find>;
  readonly coverage: Coverage;
  readonly seed: number;
}

/** A rule that is known to be wrong is tried on so many more plans, to see what else is. */
const RUNS_AFTER_FIND = 500;

/**
 * Tries a rule on generated plans and rows, under all checks at once. What fails is looked for a second time, check by check, from the same
 * seed, and shrunk: by fast-check on the genotype, then by `minimize` on the plan.
 */
export async function huntRule(rule: SwitchableRule, options: HuntOptions, budget: Budget): Promise<HuntResult> {
  const coverage = newCoverage();
  const firstRuns = new Map<CheckName, number>();
  const cases = casesFor(rule, options);
  const property = fc.asyncProperty(cases, async (subject) => {
    const [first] = firstRuns.values();
    if (first !== undefined && coverage.runs >= first + RUNS_AFTER_FIND) return;
    for (const check of (await tryAndCover(rule, subject, options, coverage)).keys()) {
      if (!firstRuns.has(check)) firstRuns.set(check, coverage.runs);
    }
  });
  const { seed } = await fc.check(property, parametersOf(budget));
  const finds = new Map<CheckName, Find>();
  for (const [check, run] of firstRuns) finds.set(check, await shrink(rule, options, { check, run, seed, cases }));
  return { finds, coverage, seed };
}

async function tryAndCover(
  rule: SwitchableRule,
  subject: PlanCase,
  options: HuntOptions,
  coverage: Coverage,
): Promise<ReadonlyMap<CheckName, string>> {
  try {
    const result = await tryRule(rule, subject, options);
    cover(coverage, subject, result);
    return result.problems;
  } catch {
    coverage.runs++;
    return problemsOf(rule, subject, options);
  }
}

interface Target {
  readonly check: CheckName;
  readonly run: number;
  readonly seed: number;
  readonly cases: fc.Arbitrary<PlanCase>;
}

async function shrink(rule: SwitchableRule, options: HuntOptions, { check, run, seed, cases }: Target): Promise<Find> {
  const problemIn = async (subject: PlanCase): Promise<string | undefined> =>
    (await problemsOf(rule, subject, options)).get(check);
  const details = await fc.check(
    fc.asyncProperty(cases, async (subject) => (await problemIn(subject)) === undefined),
    parametersOf({ runs: run, seed }),
  );
  const [shrunk] = details.counterexample ?? [];
  const path = details.counterexamplePath ?? '';
  if (shrunk === undefined) return { check, run, seed, path, ...unstable(rule, { check, run, seed, cases }) };
  const subject = await minimize(shrunk, async (smaller) => (await problemIn(smaller)) !== undefined);
  const problem = (await problemIn(subject)) ?? 'not the same twice';
  return {
    check,
    problem,
    subject,
    seed,
    run,
    path,
    report: await reportOn(rule, options, { check, problem, subject, seed, run, path }),
  };
}

/** Found in the first pass and not in the second: the rule has a state. */
function unstable(
  rule: SwitchableRule,
  { check, run, seed, cases }: Target,
): Pick<Find, 'problem' | 'subject' | 'report'> {
  const problem = `the check "${check}" failed in run ${run} of seed ${seed}, and not when it was repeated: the rule keeps a state`;
  const [subject] = fc.sample(cases, { seed, numRuns: 1 });
  assert(subject !== undefined, 'a sample of one is one');
  return { problem, subject, report: `${rule.name}: ${problem}` };
}

/** A find as text: where it was found, the plan before and after, the rows, both answers. */
export async function reportOn(
  rule: SwitchableRule,
  options: HuntOptions,
  find: Omit<Find, 'report'>,
): Promise<string> {
  const { check, problem, seed, run, path, subject } = find;
  const outcomes = await tryRule(rule, subject, options).then(
    ({ compared }) => (compared === null ? [] : [compared.expected, compared.actual]),
    () => [],
  );
  return [
    `${rule.name} (${check}): ${problem}`,
    `FUZZ_SEED=${seed}, run ${run}, path ${path}, plan ${planDigest(subject.plan)}, shrunk to:`,
    describeCase(rule, subject, outcomes),
  ].join('\n');
}

/** What refuted a wrong rule: in which run, and the check with what it said. */
export interface Kill {
  readonly runs: number;
  readonly problem: string;
}

/** Once a law refutes a wrong rule, an answer that does so as well is looked for in so many more runs. */
const RUNS_FOR_ANSWER = 1000;

/**
 * How many runs it took to refute a wrong rule, and how; null if the budget did not do. A wrong answer says more than a broken law (a rule that is
 * wrong may happen to need a second run, too), so the hunt goes on a while for one, and only then settles for the law.
 */
export async function huntMutant(mutant: SwitchableRule, options: HuntOptions, budget: Budget): Promise<Kill | null> {
  let runs = 0;
  const kills: { law: Kill | null; answer: Kill | null } = { law: null, answer: null };
  const property = fc.asyncProperty(casesFor(mutant, options), async (subject) => {
    runs++;
    for (const [check, problem] of await problemsOf(mutant, subject, options)) {
      const found = { runs, problem: `${check}: ${problem.split('\n')[0] ?? ''}` };
      if (CHECKS[check].group === 'equivalence') kills.answer = found;
      else kills.law ??= found;
    }
    const { law, answer } = kills;
    return answer === null && (law === null || runs < law.runs + RUNS_FOR_ANSWER);
  });
  await fc.check(property, { ...parametersOf(budget), endOnFailure: true });
  return kills.answer ?? kills.law;
}

/** The domains hold the extremes already, and small trees would only be poor ones: unbiased. */
function parametersOf({ runs, seed }: Budget): fc.Parameters<[PlanCase]> {
  return { numRuns: runs, unbiased: true, ...(seed === undefined ? {} : { seed }) };
}

function casesFor(rule: SwitchableRule, options: HuntOptions): fc.Arbitrary<PlanCase> {
  const isLimitFree = contractOf(rule.contract).rows === 'any-valid-limit';
  const cases = (volatile: boolean): fc.Arbitrary<PlanCase> =>
    planCases({
      shapes: options.shapes,
      volatile,
      favor: options.favor ?? 'literals',
      repeats: options.repeats ?? false,
      tables: options.tables ?? [],
      limits: options.limits ?? (isLimitFree ? 'root' : 'ordered'),
    });
  if (options.volatile === true) return cases(true);
  return fc.oneof({ weight: 7, arbitrary: cases(false) }, { weight: 1, arbitrary: cases(true) });
}
