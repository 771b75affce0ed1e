import { standardFunctions } from '@millrace/core';
import { createOptimizer, type PlanKind, printPhysicalPlan } from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import {
  bindValuesOf,
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
import { runPlan } from '../support/run-plan.ts';

// Generated plans give the reference interpreter's answer in the engine's operators, whatever rules are on. Errors may vanish, never appear.
const optimizer = createOptimizer({
  rules: standardRules(),
  functions: standardFunctions,
  verify: 'full',
  clock: { monotonicMs: () => 0 },
});
const names = optimizer.rules.map((rule) => rule.name);
const KINDS: readonly PlanKind[] = [
  'filter',
  'project',
  'join',
  'aggregate',
  'sort',
  'distinct',
  'limit',
  'union',
  'apply',
];

it.each(KINDS)('plans with %s', { timeout: 60_000 }, async (kind) => {
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(planCases({ shapes: [[kind]] }), fc.subarray(names), async (subject, disabledNames) => {
      const disabled = new Set(disabledNames);
      const binding = bindValuesOf(subject);
      let { plan, nextColumnId } = optimizer.optimize(subject.plan, { disabled, nextColumnId: subject.nextColumnId });
      if (optimizer.needsBinding(plan, disabled)) {
        ({ plan, nextColumnId } = optimizer.bind(plan, { disabled, nextColumnId, ...binding }));
      }
      const physical = optimizer.physical(plan, { disabled, nextColumnId }).plan;
      const expected = referenceOutcome(subject.plan, subject);
      if (expected.kind === 'error') return;
      compared++;
      let actual: Outcome;
      try {
        actual = await runPlan(physical, runInputOf(subject));
      } catch (error) {
        actual = errorOutcome(error);
      }
      const verdict = judge({ subject, after: plan, contract: contractOf({}), expected, actual });
      expect({ verdict, expected, actual }, printPhysicalPlan(physical, { ids: 'always' })).toMatchObject({
        verdict: 'same',
      });
    }),
    { numRuns: 200, seed: 20, unbiased: true },
  );
  expect(compared).toBeGreaterThan(100);
});
