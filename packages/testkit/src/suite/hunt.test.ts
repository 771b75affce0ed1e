import { columnsRead, types } from '@millrace/core';
import { defineRule, literalExpr, type OptimizerRule, type PlanKind } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { huntBrokenLaws, huntDifferences, huntMutant } from './hunt.ts';

// The kit itself: it lets a right rule pass, and each kind of wrong one is found, with a report that shows it.
const budget = { runs: 1000, seed: 1 };
const options = { shapes: [['filter', 'filter'], ['filter']] as const, limits: 'prefix' as const };

function ruleOn<K extends PlanKind>(on: K, rewrite: OptimizerRule<K>['rewrite']): OptimizerRule<K> {
  return defineRule<K>({
    name: 'example',
    summary: '',
    phase: 'simplify',
    on: [on],
    order: 'up',
    examples: [],
    rewrite,
  });
}
const merged = ruleOn('filter', (filter) => {
  const { input } = filter;
  if (input.kind !== 'filter') return filter;
  return { ...input, predicates: [...input.predicates, ...filter.predicates] };
});

describe('a hunt', { timeout: 120_000 }, () => {
  it('finds nothing wrong with two filters made one', async () => {
    const { problem, coverage } = await huntDifferences(merged, options, budget);
    expect(problem).toBeNull();
    expect(coverage.fired).toBeGreaterThan(300);
    expect(coverage.nonEmpty).toBeGreaterThan(50);
    expect(await huntBrokenLaws(merged, options, budget)).toBeNull();
  });

  it('finds that AND is not a list: it goes on after NULL, and fails', async () => {
    const conjunction = ruleOn('filter', (filter) =>
      filter.predicates.length < 2 ? filter : { ...filter, predicates: [{ kind: 'and', operands: filter.predicates }] },
    );
    const { problem } = await huntDifferences(conjunction, options, { ...budget, runs: 20_000 });
    expect(problem).toMatch(/after the rule the plan fails with 2\w{4}/);
    expect(problem).toMatch(/FUZZ_SEED=1, run \d+, plan [0-9a-f]{16}, shrunk to:\nplan:\n {2}Filter /);
    expect(problem).toMatch(/change:\n.*\n? {2}- Filter[^\n]*\n {2}\+ Filter/);
    expect(problem).toMatch(/without the rule:\n[\s\S]*with the rule:\n {2}2\w{4}: /);
  });

  it('finds rows that are lost, and says on which data', async () => {
    const empty = ruleOn('filter', (filter) =>
      filter.predicates.length === 0 ? filter : { ...filter, predicates: [] },
    );
    const { problem } = await huntDifferences(empty, options, budget);
    expect(problem).toContain('other rows come out');
    expect(problem).toMatch(/table \w \(/);
    expect(await huntMutant(empty, options, budget)).toMatchObject({ problem: 'other rows come out' });
  });

  it('finds churn, mutation, instability and wrong types', async () => {
    const broken = async (rewrite: OptimizerRule<'filter'>['rewrite']): Promise<string> =>
      (await huntBrokenLaws(ruleOn('filter', rewrite), options, budget)) ?? '';
    expect(await broken((filter) => ({ ...filter }))).toContain('a filter was rebuilt without a change');
    expect(await broken((filter) => Object.assign(filter, { predicates: [] }))).toContain('read only');
    const grow = { kind: 'literal', value: true, type: types.bool } as const;
    expect(await broken((filter) => ({ ...filter, predicates: [...filter.predicates, grow] }))).toContain(
      'a second run',
    );
    const number = literalExpr(1, types.int4);
    expect(await broken((filter) => ({ ...filter, predicates: [number] }))).toContain('filter: 1 is integer');
  });

  it('lets errors vanish, unless the contract says same', async () => {
    const pruning = (errors: 'same' | 'may-remove'): OptimizerRule<'project'> => ({
      ...ruleOn('project', (outer) => {
        const inner = outer.input;
        if (inner.kind !== 'project') return outer;
        const read = new Set(outer.assignments.flatMap(({ expr }) => [...columnsRead(expr)]));
        const kept = inner.assignments.filter(({ column }) => read.has(column.id));
        return kept.length === inner.assignments.length ? outer : { ...outer, input: { ...inner, assignments: kept } };
      }),
      contract: { errors },
    });
    const projects = { shapes: [['project', 'project']] as const };
    const { problem, coverage } = await huntDifferences(pruning('may-remove'), projects, budget);
    expect(problem).toBeNull();
    expect(coverage.discarded).toBeGreaterThan(10);
    const strict = await huntDifferences(pruning('same'), projects, budget);
    expect(strict.problem).toMatch(/the plan fails with 2\w{4}; after the rule it does not/);
  });
});
