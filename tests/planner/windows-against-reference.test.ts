import { type LogicalPlan, lower, printPhysicalPlan, somePlan } from '@millrace/planner';
import {
  contractOf,
  errorOutcome,
  judge,
  type Outcome,
  planCases,
  referenceOutcome,
  runInputOf,
} from '@millrace/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runFixturePlan } from '../support/run-plan.ts';

// Windows with one answer (generated with a total order, or with functions and frames that do not tell peers apart) give the answer of the
// reference interpreter, which looks at every row of the partition for each row.
const RUNS = Math.round(800 * Number(process.env['FUZZ_RUNS'] ?? 1));
const seed = Number(process.env['FUZZ_SEED'] ?? 31);
const SHAPES = [
  ['window'],
  ['window', 'window'],
  ['filter', 'window'],
  ['window', 'aggregate'],
  ['apply', 'window'],
] as const;

it('every function over every frame', { timeout: 120_000 }, async () => {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(planCases({ shapes: SHAPES }), fc.constantFrom(1, 2, 1024), async (subject, batchRows) => {
      const physical = lower(subject.plan);
      const expected = referenceOutcome(subject.plan, subject);
      let actual: Outcome;
      try {
        actual = await runFixturePlan(physical, runInputOf(subject), { batchRows });
      } catch (error) {
        actual = errorOutcome(error);
      }
      // Of several errors the engine may meet another one first.
      if (expected.kind === 'error' && actual.kind === 'error') count(seen, `error ${actual.sqlstate}`);
      else {
        const verdict = judge({ subject, after: subject.plan, contract: contractOf({}), expected, actual });
        if (typeof verdict === 'object') {
          expect.fail(`${verdict.problem}\n${printPhysicalPlan(physical, { ids: 'always' })}`);
        }
        if (expected.kind === 'rows' && expected.rows.length > 1)
          for (const fact of factsOf(subject.plan)) count(seen, fact);
      }
    }),
    { numRuns: RUNS, seed, unbiased: true },
  );
  for (const fact of WANTED) expect(seen.get(fact) ?? 0, fact).toBeGreaterThan(0);
});

const FUNCTIONS =
  'row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value sum count min max bool_or';
/** What must have been compared, on more than one row. */
const WANTED: readonly string[] = [
  ...FUNCTIONS.split(' '),
  ...['rows', 'range', 'groups'].flatMap((mode) =>
    ['preceding', 'following', 'current-row'].map((kind) => `${mode} ${kind}`),
  ),
  ...['current-row', 'group', 'ties'].map((exclude) => `exclude ${exclude}`),
  ...['filter', 'nulls first', 'descending', 'partition', 'no order'],
  ...['error 22004', 'error 22013'],
];

function count(seen: Map<string, number>, fact: string): void {
  seen.set(fact, (seen.get(fact) ?? 0) + 1);
}

function factsOf(plan: LogicalPlan): ReadonlySet<string> {
  const facts = new Set<string>();
  somePlan(plan, (node) => {
    if (node.kind !== 'window') return false;
    for (const { fn, filter } of node.functions) {
      facts.add(fn.slice(0, fn.indexOf('(')));
      if (filter !== null) facts.add('filter');
    }
    facts.add(`${node.frame.mode} ${node.frame.start.kind}`).add(`${node.frame.mode} ${node.frame.end.kind}`);
    facts.add(`exclude ${node.frame.exclude}`);
    if (node.partitionBy.length > 0) facts.add('partition');
    if (node.orderBy.length === 0) facts.add('no order');
    for (const key of node.orderBy) {
      if (key.nullsFirst && !key.descending) facts.add('nulls first');
      if (key.descending) facts.add('descending');
    }
    return false;
  });
  return facts;
}
