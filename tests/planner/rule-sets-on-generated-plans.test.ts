import { defineRule, type LogicalPlan, planDigest, printPlan, type SwitchableRule } from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import { contractOf, judge, type PlanCase, planCases, referenceOutcome } from '@millrace/testkit';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fightingRules, optimizeCase, optimizerOf, SHAPES } from './generated-cases.ts';

// Any set of the standard rules, registered in any order (the optimizer then puts them in one that their constraints allow), gives the reference
// interpreter's answer of the plan without rules. Rules that do not settle fail, by name.
const RUNS = Math.round(600 * Number(process.env['FUZZ_RUNS'] ?? 1));
const seed = Number(process.env['FUZZ_SEED'] ?? 41);
const rules = standardRules();
/** Half of the sets are all rules in another order: what is missing cannot get in another's way. */
const ruleSets: fc.Arbitrary<readonly SwitchableRule[]> = fc.oneof(
  fc.shuffledSubarray([...rules], { minLength: rules.length }),
  fc.shuffledSubarray([...rules]),
);

function withRules(set: readonly SwitchableRule[], subject: PlanCase): ReturnType<typeof optimizeCase> {
  try {
    return optimizeCase(optimizerOf(set), subject);
  } catch (error) {
    const fight = fightingRules(set, subject);
    throw fight === null ? error : new Error(`rules fight: ${fight}`, { cause: error });
  }
}

it('any rules in any legal order give the answer of none', { timeout: 120_000 }, () => {
  let compared = 0;
  let changed = 0;
  fc.assert(
    fc.property(planCases({ shapes: SHAPES }), ruleSets, (subject, set) => {
      const { logical } = withRules(set, subject);
      const expected = referenceOutcome(subject.plan, subject);
      if (expected.kind === 'rows') compared++;
      if (planDigest(logical) === planDigest(subject.plan)) return;
      changed++;
      const actual = referenceOutcome(logical, subject);
      const verdict = judge({
        subject,
        after: logical,
        contract: contractOf({ rows: 'any-valid-limit' }),
        expected,
        actual,
      });
      const show = (): string =>
        [
          set.map((rule) => rule.name).join(' '),
          printPlan(subject.plan, { ids: 'always' }),
          printPlan(logical, { ids: 'always' }),
        ].join('\n');
      if (typeof verdict === 'object') expect.fail(`${verdict.problem}\n${show()}`);
    }),
    { numRuns: RUNS, seed, unbiased: true },
  );
  expect(compared).toBeGreaterThan(0.8 * RUNS);
  expect(changed).toBeGreaterThan(0.5 * RUNS);
});

it('names the rules that undo each other', () => {
  const swap = (name: string, kind: 'distinct' | 'sort', make: (input: LogicalPlan) => LogicalPlan): SwitchableRule =>
    defineRule({
      name,
      summary: 'Undoes what the other one did.',
      phase: 'simplify',
      on: [kind],
      order: 'down',
      examples: [],
      rewrite: (node) => make(node.input),
    });
  const rules = [
    swap('to-sort', 'distinct', (input) => ({ kind: 'sort', input, keys: [], range: null })),
    swap('to-distinct', 'sort', (input) => ({ kind: 'distinct', input })),
  ];
  const [subject] = fc.sample(planCases({ shapes: [['distinct', 'scan']] }), { numRuns: 1, seed: 3 });
  if (subject === undefined) return expect.fail('a case');
  const plan: LogicalPlan = { kind: 'distinct', input: subject.plan };
  expect(() => withRules(rules, { ...subject, plan })).toThrow(/^rules fight: to-(sort|distinct) and to-/);
});
