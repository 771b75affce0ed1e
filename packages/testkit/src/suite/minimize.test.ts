import { someExpr } from '@millrace/core';
import { checkPlan, exprsOf, printPlan, somePlan } from '@millrace/planner';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type PlanCase, planCases } from '../gen/plan-case.ts';
import { minimize } from './minimize.ts';

const cases = fc.sample(planCases({ shapes: [['project', 'filter', 'join', 'project', 'aggregate', 'sort']] }), {
  numRuns: 400,
  seed: 3,
});
const hasDivision = ({ plan }: PlanCase): boolean =>
  somePlan(plan, (node) =>
    exprsOf(node).some((expr) => someExpr(expr, (one) => one.kind === 'call' && one.fn.id === '/(int4,int4)')),
  );
const hasRows = ({ database }: PlanCase): boolean => (database.get('a') ?? []).length > 0;

it('leaves what the problem is, and little else', { timeout: 60_000 }, async () => {
  const subjects = cases.filter((subject) => hasDivision(subject) && hasRows(subject)).slice(0, 10);
  expect(subjects.length).toBeGreaterThan(3);
  for (const subject of subjects) {
    const smallest = await minimize(subject, async (candidate) => hasDivision(candidate) && hasRows(candidate));
    checkPlan(smallest.plan, 'full');
    const text = printPlan(smallest.plan, { ids: 'never' });
    expect(hasDivision(smallest), text).toBe(true);
    expect(text.split('\n').length, text).toBeLessThanOrEqual(4);
    expect([...smallest.database.values()].flat(), text).toHaveLength(1);
    expect(text.length, text).toBeLessThan(printPlan(subject.plan, { ids: 'never' }).length / 2);
  }
});
