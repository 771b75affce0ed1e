import { AssertionError } from '@millrace/core';
import { checkPlan, inputsOf, type LogicalPlan, type PlanKind, printPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceOutcome } from '../suite/outcome.ts';
import { databases } from './data.ts';
import { type Gene, genes } from './gene.ts';
import { type PlanCase, planCases } from './plan-case.ts';

const SHAPES: readonly (readonly PlanKind[])[] = [
  ['join', 'filter'],
  ['apply'],
  ['aggregate'],
  ['union'],
  ['window'],
  ['limit', 'sort'],
  ['extension'],
  ['insert'],
];

const nodesOf = (plan: LogicalPlan): number => inputsOf(plan).reduce((count, input) => count + nodesOf(input), 1);
const rowsOf = ({ database }: PlanCase): number => [...database.values()].reduce((sum, rows) => sum + rows.length, 0);

/** Everything that fast-check looks at on the way to the smallest case that still has the kind of node. */
function shrunkTo(
  kind: PlanKind,
  seed: number,
): { readonly visited: readonly PlanCase[]; readonly smallest: PlanCase } {
  const visited: PlanCase[] = [];
  const hasKind = (plan: LogicalPlan): boolean => plan.kind === kind || inputsOf(plan).some(hasKind);
  const property = fc.property(planCases({ shapes: SHAPES, volatile: true, limits: 'prefix' }), (subject) => {
    visited.push(subject);
    if (hasKind(subject.plan)) throw new AssertionError(kind);
  });
  const [smallest] = fc.check(property, { seed, unbiased: true }).counterexample ?? [];
  return smallest === undefined ? expect.fail(`no plan with ${kind}`) : { visited, smallest };
}

describe('shrinking', { timeout: 60_000 }, () => {
  it.each(SHAPES.map(([kind = 'scan']) => kind))(
    'meets only valid plans that run, on the way to a small %s',
    (kind) => {
      const { visited, smallest } = shrunkTo(kind, 11);
      expect(visited.length).toBeGreaterThan(20);
      for (const subject of visited) {
        checkPlan(subject.plan, 'full');
        referenceOutcome(subject.plan, subject);
      }
      expect(nodesOf(smallest.plan), printPlan(smallest.plan)).toBeLessThan(9);
      expect(rowsOf(smallest)).toBe(0);
    },
  );

  it('of genes and of rows ends, each step smaller', () => {
    const size = ({ picks, parts }: Gene): number =>
      parts.reduce((sum, part) => sum + size(part), 10_000 + picks.reduce((sum, pick) => sum + pick, 0));
    let last = Number.POSITIVE_INFINITY;
    const shrinks = fc.property(genes, (gene) => {
      if (size(gene) > last) return;
      last = size(gene);
      throw new AssertionError('smaller');
    });
    expect(fc.check(shrinks, { seed: 1, numRuns: 1 }).counterexample).toEqual([
      { picks: [0, 0, 0, 0, 0, 0, 0, 0], parts: [] },
    ]);
    const isEmpty = fc.property(databases, (database) => [...database.values()].every((rows) => rows.length === 0));
    const [smallest] = fc.check(isEmpty, { seed: 2 }).counterexample ?? [];
    expect([...(smallest?.values() ?? [])].flat().length).toBe(1);
  });
});
