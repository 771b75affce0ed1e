import { AssertionError } from '@millrace/core';
import {
  checkPlan,
  columnsOf,
  inputsOf,
  type LogicalPlan,
  type PlanKind,
  planDigest,
  printPlan,
} from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { valueKey } from '../suite/compare-rows.ts';
import { referenceOutcome } from '../suite/outcome.ts';
import { type CaseOptions, type PlanCase, planCases } from './plan-case.ts';

const KINDS: readonly PlanKind[] = [
  'scan',
  'values',
  'function-scan',
  'filter',
  'project',
  'join',
  'aggregate',
  'sort',
  'distinct',
  'limit',
  'union',
  'apply',
  'insert',
];
const everything: CaseOptions = {
  shapes: KINDS.map((kind) => [kind]),
  volatile: true,
  limits: 'prefix',
};

const sample = (options: CaseOptions, numRuns = 500): PlanCase[] => fc.sample(planCases(options), { numRuns, seed: 1 });

function kindsOf(plan: LogicalPlan, found: Set<string> = new Set()): Set<string> {
  found.add(plan.kind);
  if (plan.kind === 'join') found.add(`join ${plan.type}`);
  if (plan.kind === 'apply') found.add(`apply ${plan.mode.kind}`);
  for (const input of inputsOf(plan)) kindsOf(input, found);
  return found;
}

describe('generated plans', { timeout: 120_000 }, () => {
  it('are valid and run, whatever the genotype; shrinking ends at a small one', () => {
    const property = fc.property(planCases(everything), (subject) => {
      checkPlan(subject.plan, 'full');
      referenceOutcome(subject.plan, subject);
    });
    fc.assert(property, { numRuns: 1500, seed: 2, unbiased: true });
    const failing = fc.property(planCases(everything), ({ plan }) => {
      if (kindsOf(plan).has('join')) throw new AssertionError('a join');
    });
    const [smallest] = fc.check(failing, { seed: 3, unbiased: true }).counterexample ?? [];
    expect(smallest === undefined ? '' : printPlan(smallest.plan, { ids: 'never' }).split('\n').length).toBeLessThan(8);
  });

  it('reach every node, every join and every apply', () => {
    const found = new Set(sample(everything, 1500).flatMap(({ plan }) => [...kindsOf(plan)]));
    const variants = [
      ...['inner', 'left', 'right', 'full'].map((type) => `join ${type}`),
      ...['scalar', 'exists', 'quantified', 'array', 'cross', 'left'].map((mode) => `apply ${mode}`),
    ];
    for (const kind of [...KINDS, ...variants]) expect(found).toContain(kind);
  });

  it('have the shape that was asked for in most runs', () => {
    const hits = sample({ shapes: [['limit', 'project', 'scan']] }).filter(({ plan }) =>
      /Limit[^\n]*\n(?: *Sort[^\n]*\n)? *Project[^\n]*\n *Scan/.test(printPlan(plan, { ids: 'never' })),
    );
    expect(hits.length).toBeGreaterThan(250);
  });

  it('stand a limit on a sort by all columns, unless any rows will do', () => {
    const limits = (plan: LogicalPlan): LogicalPlan[] => [
      ...(plan.kind === 'limit' ? [plan.input] : []),
      ...inputsOf(plan).flatMap(limits),
    ];
    const inputs = sample({ shapes: [['limit']] }).flatMap(({ plan }) => limits(plan));
    expect(inputs.length).toBeGreaterThan(100);
    const isSorted = (plan: LogicalPlan): boolean =>
      plan.kind === 'sort'
        ? plan.keys.length === columnsOf(plan).length
        : (plan.kind === 'project' || plan.kind === 'limit') && isSorted(plan.input);
    expect(inputs.filter((input) => !isSorted(input))).toEqual([]);
  });

  it('are the same for the same seed', () => {
    const digests = (): string[] => sample(everything, 50).map(({ plan }) => planDigest(plan));
    expect(digests()).toEqual(digests());
  });
});

describe('generated rows', () => {
  it('hold what goes wrong: NULL, NaN, -0, infinities, extremes, empty and non-ASCII text, no rows at all', () => {
    const cases = sample(everything);
    const seen = new Set(
      cases.flatMap(({ database }) => [...database.values()].flat().flatMap((row) => Object.values(row).map(valueKey))),
    );
    const wanted = [null, Number.NaN, -0, Number.POSITIVE_INFINITY, 2_147_483_647, -(2n ** 63n), '', 'ä', 'NaN', true];
    for (const value of wanted) expect(seen).toContain(valueKey(value));
    const sizes = new Set(cases.flatMap(({ database }) => [...database.values()].map((rows) => rows.length)));
    expect([...sizes].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });
});
