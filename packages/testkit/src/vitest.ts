import { libpgFrontend, type SwitchableRule } from '@millrace/planner';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Coverage, newCoverage, reportOf } from './suite/coverage.ts';
import { runExample } from './suite/examples.ts';
import { type Budget, type HuntOptions, huntBrokenLaws, huntDifferences, huntMutant } from './suite/hunt.ts';

export { type IngestHookSubject, ingestHookSuite } from './conformance/ingest-hook-suite.ts';
export { type ObjectStoreSubject, objectStoreSuite } from './conformance/object-store-suite.ts';
export { type SinkSubject, sinkSuite } from './conformance/sink-suite.ts';
export { type SqlFrontendSuiteOptions, sqlFrontendSuite } from './conformance/sql-frontend-suite.ts';
export type { SuiteBudget } from './conformance/suite-budget.ts';
export { type TableProviderSubject, tableProviderSuite } from './conformance/table-provider-suite.ts';
export { batchOfRows, SUITE_SCHEMA, type TableRow } from './conformance/table-rows.ts';
export { type VersionedTableSubject, versionedTableSuite } from './conformance/versioned-table-suite.ts';
export { type WalSubject, walSuite } from './conformance/wal-suite.ts';

/** What a rule's suite needs to know about the rule. */
export interface RuleSuiteOptions extends HuntOptions {
  /** The least share of runs in which the rule must fire, 0 to 1: below it the suite proves nothing and fails. */
  readonly minFired: number;
  /** Generated cases per test, multiplied by FUZZ_RUNS. Default 1000. */
  readonly runs?: number;
  /** Plausible wrong versions of the rule. Each must be refuted within its budget: ten times `runs`. */
  readonly mutants: readonly SwitchableRule[];
}

const RUNS = 1000;
const MUTANT_FACTOR = 10;
const TIMEOUT_MS = 300_000;

/**
 * The proof of a rule, as named tests: its examples, the laws, equivalence with not optimizing at all on generated plans and rows, how often it
 * fired, and the mutants that the same hunt kills.
 *
 *     ruleSuite(pushFilterIntoScan, { shapes: [['filter', 'scan']], minFired: 0.5, mutants: [filterPastRange] });
 *
 * The generator starts from a seed that follows from the rule's name, so a run can be repeated; FUZZ_SEED sets another (`random`: a fresh
 * one), FUZZ_RUNS multiplies the number of runs. A failure prints the seed, the shrunk plan before and after, the rows and both answers.
 */
export function ruleSuite(rule: SwitchableRule, options: RuleSuiteOptions): void {
  const frontend = libpgFrontend();
  const budget = budgetOf(rule, options.runs ?? RUNS);
  let coverage: Coverage = newCoverage();
  describe(rule.name, () => {
    beforeAll(() => frontend.load());

    it('has an example of a change and one of no change', () => {
      expect(rule.examples.some((example) => example.after !== 'unchanged')).toBe(true);
      expect(rule.examples.some((example) => example.after === 'unchanged')).toBe(true);
    });
    it.each(rule.examples.map((example) => [example.title, example] as const))('example: %s', (_, example) => {
      expect(runExample(rule, example, frontend)).toEqual({ before: example.before, after: example.after });
    });

    it('keeps the laws', { timeout: TIMEOUT_MS }, async () => {
      const problem = await huntBrokenLaws(rule, options, budget);
      if (problem !== null) expect.fail(problem);
    });

    it('gives the same answers as no rule', { timeout: TIMEOUT_MS }, async () => {
      const result = await huntDifferences(rule, options, budget);
      coverage = result.coverage;
      if (result.problem !== null) expect.fail(result.problem);
    });

    it(`fires in at least ${options.minFired * 100} % of the runs, on rows`, { timeout: TIMEOUT_MS }, async () => {
      if (coverage.runs === 0) coverage = (await huntDifferences(rule, options, budget)).coverage;
      console.info(reportOf(rule.name, coverage));
      expect(coverage.fired / coverage.runs).toBeGreaterThanOrEqual(options.minFired);
      expect(coverage.nonEmpty / coverage.fired).toBeGreaterThan(0.1);
      expect(coverage.nulls).toBeGreaterThan(0);
      expect(coverage.duplicates).toBeGreaterThan(0);
    });

    describe('mutants', () => {
      it('is tested by at least one', () => expect(options.mutants.length).toBeGreaterThan(0));
      it.each(options.mutants.map((mutant) => [mutant.name, mutant] as const))(
        'kills %s',
        { timeout: TIMEOUT_MS },
        async (name, mutant) => {
          const killed = await huntMutant(mutant, options, { ...budget, runs: budget.runs * MUTANT_FACTOR });
          if (killed === null) expect.fail(`${name} survived ${budget.runs * MUTANT_FACTOR} runs`);
          console.info(`${name}: killed in run ${killed.runs} (${killed.problem})`);
        },
      );
    });
  });
}

function budgetOf(rule: SwitchableRule, runs: number): Budget {
  const factor = Number(process.env['FUZZ_RUNS'] ?? '1');
  const seed = process.env['FUZZ_SEED'];
  expect(factor, 'FUZZ_RUNS multiplies the runs').toBeGreaterThan(0);
  if (seed !== undefined && seed !== 'random') expect(seed, 'FUZZ_SEED is an integer or random').toMatch(/^-?\d+$/);
  const own = [...rule.name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return {
    runs: Math.max(1, Math.round(runs * factor)),
    seed: seed === undefined ? own : seed === 'random' ? undefined : Number(seed),
  };
}
