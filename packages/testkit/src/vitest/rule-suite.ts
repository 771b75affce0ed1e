import { dirname, join, relative } from 'node:path';
import { assert } from '@millrace/core';
import { libpgFrontend, lineDiff, type RuleExample, type SwitchableRule } from '@millrace/planner';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKS, type CheckName } from '../suite/checks.ts';
import { reportOf } from '../suite/coverage.ts';
import { runExample } from '../suite/examples.ts';
import { type GateName, gatesOf } from '../suite/gates.ts';
import { type HuntOptions, type HuntResult, huntMutant, huntRule } from '../suite/hunt.ts';
import { problemsOf } from '../suite/trial.ts';
import { fuzzSuite } from './fuzz-suite.ts';
import { type MutantFate, numbersOf, writeReport } from './kit-report.ts';
import { findMessage, loadRegression, regressionFolder, regressionNames } from './regression-files.ts';
import { budgetOf, suiteSettings } from './settings.ts';
import { updateExample } from './update-example.ts';

/** What a rule's suite needs to know about the rule. */
export interface RuleSuiteOptions extends HuntOptions {
  /** The least share of runs in which the rule must fire, 0 to 1: below it the suite proves nothing and fails. */
  readonly minFired: number;
  /** Generated cases, multiplied by FUZZ_RUNS. Default 1000. */
  readonly runs?: number;
  /** Plausible wrong versions of the rule. Each must be refuted within its budget: ten times `runs`. */
  readonly mutants: readonly SwitchableRule[];
  /** Gates of coverage that this rule cannot pass, each with the reason. The others follow from `shapes` and the rule's `on`. */
  readonly exceptions?: Readonly<Partial<Record<GateName, string>>>;
  /** The folder of the regression files, one folder a rule. Default: `regressions` beside the test. */
  readonly regressions?: string;
  /** The rule's own file, where UPDATE=1 writes the plans of examples. Default: the one named like the rule, beside the test. */
  readonly source?: string;
}

const RUNS = 1000;
const MUTANT_FACTOR = 10;
const TIMEOUT_MS = 300_000;

/**
 * The proof of a rule, as named tests: regressions (what it once got wrong, replayed first), its examples, the laws, equivalence with not
 * optimizing at all on generated plans and rows, gates on what these have seen, and the mutants that the same hunt kills.
 *
 *     ruleSuite(pushFilterIntoScan, { shapes: [['filter', 'scan']], minFired: 0.5, mutants: [filterBelowRange] });
 *
 * A failure prints the seed, the shrunk plan before and after, the rows, both answers, and a regression file to save. FUZZ_SEED and FUZZ_RUNS
 * move and scale the hunt, FUZZ_MINUTES makes it the only thing that happens, UPDATE=1 writes the plans of examples into the rule's source.
 */
export function ruleSuite(rule: SwitchableRule, options: RuleSuiteOptions): void {
  const { testPath } = expect.getState();
  assert(testPath !== undefined, 'ruleSuite stands in a test file');
  const settings = suiteSettings();
  const folder = regressionFolder(rule, testPath, options.regressions);
  if (settings.fuzzMinutes !== null) {
    fuzzSuite(rule, options, { ...settings, minutes: settings.fuzzMinutes, folder, testPath });
    return;
  }
  const budget = budgetOf(rule, options.runs ?? RUNS);
  let proof: Promise<HuntResult> | undefined;
  const prove = (): Promise<HuntResult> => {
    proof ??= huntRule(rule, options, budget);
    return proof;
  };
  const fates: MutantFate[] = [];
  describe(rule.name, { timeout: TIMEOUT_MS }, () => {
    describeRegressions(rule, options, folder);
    describeExamples(rule, {
      isUpdating: settings.isUpdating,
      source: options.source ?? join(dirname(testPath), `${rule.name}.ts`),
    });
    for (const group of ['laws', 'equivalence'] as const) describeChecks(rule, group, { prove, folder });
    describeCoverage(rule, options, prove);
    describeMutants(options, async (mutant) => {
      const killed = await huntMutant(mutant, options, { ...budget, runs: budget.runs * MUTANT_FACTOR });
      fates.push({ name: mutant.name, runs: killed?.runs ?? null, problem: killed?.problem ?? 'survived' });
      if (killed === null) expect.fail(`${mutant.name} survived ${budget.runs * MUTANT_FACTOR} runs`);
      console.info(`${mutant.name}: killed in run ${killed.runs} (${killed.problem})`);
    });
    const { reportFolder } = settings;
    if (reportFolder === null) return;
    afterAll(async () => {
      const coverage = numbersOf((await prove()).coverage);
      const regressions = regressionNames(folder).length;
      const suite = relative(process.cwd(), testPath);
      writeReport(reportFolder, { rule: rule.name, suite, coverage, regressions, mutants: fates, fuzz: null });
    });
  });
}

/** What the rule once got wrong, or what somebody feared: no check may fail on these plans. */
function describeRegressions(rule: SwitchableRule, options: HuntOptions, folder: string): void {
  const names = regressionNames(folder);
  if (names.length === 0) return;
  describe('regressions', () => {
    it.each(names)('%s', async (name) => {
      const { subject, note } = loadRegression(folder, name);
      const problems = await problemsOf(rule, subject, options);
      expect(Object.fromEntries(problems), note).toEqual({});
    });
  });
}

function describeExamples(
  rule: SwitchableRule,
  { isUpdating, source }: { readonly isUpdating: boolean; readonly source: string },
): void {
  const frontend = libpgFrontend();
  describe('examples', () => {
    beforeAll(() => frontend.load());

    it('show a change and no change', () => {
      expect(rule.examples.some((example) => example.after !== 'unchanged')).toBe(true);
      expect(rule.examples.some((example) => example.after === 'unchanged')).toBe(true);
    });
    it.each(rule.examples.map((example) => [example.title, example] as const))('%s', (title, example) => {
      const plans = runExample(rule, example, frontend);
      const isDecided = example.after !== '' && (example.after === 'unchanged') !== (plans.after === 'unchanged');
      if (isUpdating && !isDecided) return updateExample(source, title, plans);
      const problem = exampleProblem(example, plans);
      if (problem !== null) expect.fail(problem);
    });
  });
}

/** How an example differs from what happens; null if it does not. */
function exampleProblem(example: RuleExample, plans: Pick<RuleExample, 'before' | 'after'>): string | null {
  const parts = (['before', 'after'] as const).flatMap((key) => {
    if (example[key] === plans[key]) return [];
    if (example[key] === '') return [`${key} is not filled in yet; it is:`, plans[key]];
    if (plans[key] === 'unchanged') return [`${key}: the rule leaves the plan as it is`];
    return [`${key} (- as the example says, + as it is):`, ...lineDiff(example[key], plans[key], 20)];
  });
  if (parts.length === 0) return null;
  return [
    `the example "${example.title}" is not what happens`,
    ...parts,
    'UPDATE=1 writes the plans into the rule.',
  ].join('\n');
}

/** One pass of generated plans serves all checks; each is reported by its name. */
function describeChecks(
  rule: SwitchableRule,
  group: 'laws' | 'equivalence',
  { prove, folder }: { readonly prove: () => Promise<HuntResult>; readonly folder: string },
): void {
  const names = (Object.keys(CHECKS) as CheckName[]).filter(
    (name) => CHECKS[name].group === group && (name !== 'couldApply' || couldDeny(rule)),
  );
  describe(group, () => {
    it.each(names.map((name) => [CHECKS[name].title, name] as const))('%s', async (_, name) => {
      const find = (await prove()).finds.get(name);
      if (find !== undefined) expect.fail(findMessage(rule, find, folder));
    });
  });
}

function couldDeny(rule: SwitchableRule): boolean {
  return rule.stage === 'logical' && (rule.couldApply !== undefined || rule.needs !== undefined);
}

function describeCoverage(rule: SwitchableRule, options: RuleSuiteOptions, prove: () => Promise<HuntResult>): void {
  const exceptions = options.exceptions ?? {};
  const gates = gatesOf(rule, options);
  describe('coverage', () => {
    it.each(gates.filter(({ name }) => exceptions[name] === undefined).map((gate) => [gate.title, gate] as const))(
      '%s',
      async (_, gate) => {
        const missing = gate.missing((await prove()).coverage);
        if (missing !== null) expect.fail(`the runs prove too little: ${missing}`);
      },
    );
    it('excuses with a reason only gates that there are', async () => {
      const excused = Object.entries(exceptions);
      for (const [name, reason] of excused) {
        expect(gates.map((gate) => gate.name)).toContain(name);
        expect(reason).toMatch(/\w+ \w+/);
      }
      console.info(
        [reportOf(rule.name, (await prove()).coverage), ...excused.map(([name, why]) => `  not ${name}: ${why}`)].join(
          '\n',
        ),
      );
    });
  });
}

function describeMutants(options: RuleSuiteOptions, kill: (mutant: SwitchableRule) => Promise<void>): void {
  describe('mutants', () => {
    it('are one at least', () => expect(options.mutants.length).toBeGreaterThan(0));
    it.each(options.mutants.map((mutant) => [mutant.name, mutant] as const))('kills %s', (_, mutant) => kill(mutant));
  });
}
