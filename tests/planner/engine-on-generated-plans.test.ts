import { type PhysicalPlan, printPhysicalPlan } from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import {
  contractOf,
  errorOutcome,
  judge,
  type Outcome,
  type PlanCase,
  planCases,
  type RunInput,
  referenceOutcome,
  runInputOf,
  type Verdict,
} from '@millrace/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runFixturePlan } from '../support/run-plan.ts';
import { binaryParameters, optimizeCase, optimizerOf, SHAPES, withParameters } from './generated-cases.ts';

// Generated plans give the reference interpreter's answer in the engine's operators: whatever rules are on, however large batches are, if all keys
// have the same hash, and in whatever form parameters arrive. Errors may vanish, never appear.
const RUNS = Math.round(250 * Number(process.env['FUZZ_RUNS'] ?? 1));
const seed = Number(process.env['FUZZ_SEED'] ?? 20);
const TIMEOUT_MS = 120_000;

type RunOptions = Parameters<typeof runFixturePlan>[2];
const batches = fc.constantFrom(1, 2, 3, 1024);
const hashes = fc.constantFrom<RunOptions>({}, { hashMask: 0 });
const allRules = optimizerOf(standardRules());
const noRules = optimizerOf([]);
const someRules = fc.oneof(
  fc.constant(allRules),
  fc.constant(noRules),
  fc.subarray([...standardRules()]).map((rules) => optimizerOf(rules)),
);

interface Run {
  readonly subject: PlanCase;
  /** What runs; `subject` unless it is written another way. */
  readonly variant?: PlanCase;
  readonly optimizer: typeof allRules;
  readonly options: RunOptions;
  readonly input?: RunInput;
}

interface Compared {
  readonly expected: Outcome;
  readonly actual: Outcome;
  readonly verdict: Verdict;
}

async function compare({
  subject,
  variant = subject,
  optimizer,
  options,
  input = runInputOf(variant),
}: Run): Promise<Compared> {
  const { logical, physical } = optimizeCase(optimizer, variant);
  const expected = referenceOutcome(subject.plan, subject);
  const actual = await runIt(physical, input, options);
  // The engine evaluates column by column: of several errors of the plan another may come first.
  const verdict = judge({ subject, after: logical, contract: contractOf({}), expected, actual });
  return { expected, actual, verdict };
}

async function runIt(plan: PhysicalPlan, input: RunInput, options: RunOptions): Promise<Outcome> {
  try {
    return await runFixturePlan(plan, input, options);
  } catch (error) {
    return errorOutcome(error);
  }
}

/** Fails with the plan that ran, unless the answers are the same. */
function report({ verdict, expected, actual }: Compared, { subject, variant, optimizer }: Run): void {
  if (typeof verdict !== 'object') return;
  const { physical } = optimizeCase(optimizer, variant ?? subject);
  expect({ actual }, `${verdict.problem}\n${printPhysicalPlan(physical, { ids: 'always' })}`).toEqual({
    actual: expected,
  });
  expect.fail(verdict.problem);
}

it('the engine gives the answers of the interpreter', { timeout: TIMEOUT_MS }, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(
      planCases({ shapes: SHAPES }),
      someRules,
      batches,
      hashes,
      async (subject, optimizer, batchRows, hash) => {
        const run = { subject, optimizer, options: { ...hash, batchRows } };
        const result = await compare(run);
        if (result.expected.kind === 'rows') compared++;
        report(result, run);
      },
    ),
    { numRuns: 3 * RUNS, seed, unbiased: true },
  );
  expect(compared).toBeGreaterThan(2.4 * RUNS);
});

it('inserts the rows of the interpreter, fast path included', { timeout: TIMEOUT_MS }, async () => {
  let inserted = 0;
  const shapes = [['insert'], ['insert', 'values'], ['insert', 'project']] as const;
  await fc.assert(
    fc.asyncProperty(planCases({ shapes }), someRules, batches, async (subject, optimizer, batchRows) => {
      const run = { subject, optimizer, options: { batchRows } };
      const result = await compare(run);
      if (result.actual.kind === 'rows' && result.actual.inserted.length > 0) inserted++;
      report(result, run);
    }),
    { numRuns: RUNS, seed, unbiased: true },
  );
  expect(inserted).toBeGreaterThan(0.3 * RUNS);
});

it('parameters give the answers of the literals they stand for, as values, text and binary', {
  timeout: TIMEOUT_MS,
}, async () => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(planCases({ shapes: SHAPES }), someRules, fc.boolean(), async (subject, optimizer, isBinary) => {
      const variant = withParameters(subject);
      const input = isBinary ? { ...runInputOf(variant), parameters: binaryParameters(variant) } : runInputOf(variant);
      const run = { subject, variant, optimizer, options: { batchRows: 2 }, input };
      const result = await compare(run);
      if (result.expected.kind === 'rows' && variant.parameters.length > subject.parameters.length) compared++;
      report(result, run);
    }),
    { numRuns: RUNS, seed, unbiased: true },
  );
  expect(compared).toBeGreaterThan(0.4 * RUNS);
});

it('with little memory a plan gives its answer or 53200, never another one', { timeout: TIMEOUT_MS }, async () => {
  const counts = { answers: 0, refused: 0 };
  const shapes = [['apply'], ['join'], ['aggregate'], ['sort'], ['filter', 'apply'], ['distinct'], ['window']] as const;
  await fc.assert(
    fc.asyncProperty(
      planCases({ shapes }),
      someRules,
      fc.constantFrom(1, 1024, 2048, 8192),
      async (subject, optimizer, memoryBytes) => {
        const run = { subject, optimizer, options: { memoryBytes, batchRows: 2 } };
        const result = await compare(run);
        const isRefused = result.actual.kind === 'error' && result.actual.sqlstate === '53200';
        counts[isRefused ? 'refused' : 'answers']++;
        if (!isRefused) report(result, run);
      },
    ),
    { numRuns: RUNS, seed, unbiased: true },
  );
  expect(counts.answers).toBeGreaterThan(0.1 * RUNS);
  expect(counts.refused).toBeGreaterThan(0.1 * RUNS);
});
