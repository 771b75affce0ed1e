import { defineRule, type OptimizerRule, type PlanKind } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { newCoverage, reportOf } from './coverage.ts';
import { type Gate, type GateName, gatesOf } from './gates.ts';
import { type HuntOptions, huntRule } from './hunt.ts';
import { PAIRS_TOTAL, pairsOf } from './pairwise.ts';

// A gate that does not close lets a suite prove nothing. Each is closed here by a rule or by shapes that starve it.
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

type Options = HuntOptions & { readonly minFired: number };

async function closed(rule: Parameters<typeof gatesOf>[0], options: Options, runs = 400): Promise<readonly GateName[]> {
  const { coverage } = await huntRule(rule, options, { runs, seed: 1 });
  return gatesOf(rule, options)
    .filter((gate) => gate.missing(coverage) !== null)
    .map((gate) => gate.name);
}

const never = ruleOn('filter', (filter) => filter);

describe('gates', { timeout: 60_000 }, () => {
  it('follow from the shapes and from what the rule looks at', () => {
    const names = (
      rule: Parameters<typeof gatesOf>[0],
      shapes: readonly (readonly PlanKind[])[],
    ): readonly GateName[] => gatesOf(rule, { shapes, minFired: 0.1 }).map((gate) => gate.name);
    const all: readonly GateName[] = ['fired', 'rows', 'nulls', 'duplicates'];
    expect(names(never, [['filter', 'scan']])).toEqual([...all, 'where', 'pairs']);
    expect(names(never, [['filter', 'join']])).toEqual([...all, 'joins', 'where', 'pairs']);
    expect(
      names(
        ruleOn('limit', (limit) => limit),
        [['limit', 'project', 'sort']],
      ),
    ).toEqual([...all, 'ties', 'select', 'pairs']);
    const insert = ruleOn('insert', (node) => node);
    expect(names(insert, [['insert', 'values']])).toEqual(all);
  });

  it('let a rule through that fires on all sorts of plans', async () => {
    const rebuilt = ruleOn('filter', (filter) =>
      filter.predicates.length < 2 ? filter : { ...filter, predicates: [{ kind: 'and', operands: filter.predicates }] },
    );
    const shapes = [
      ['filter', 'scan'],
      ['filter', 'join'],
      ['filter', 'project'],
      ['filter', 'limit'],
    ] as const;
    expect(await closed(rebuilt, { shapes, minFired: 0.1 }, 1500)).toEqual([]);
  });

  it('stop one that never fires, or only where there is nothing', async () => {
    expect(await closed(never, { shapes: [['filter', 'scan']], minFired: 0.1 })).toEqual(
      expect.arrayContaining(['fired', 'rows', 'nulls', 'duplicates', 'where']),
    );
    const project = ruleOn('project', (node) => node);
    const gates = gatesOf(project, { shapes: [['project', 'scan']], minFired: 0.5 });
    const scarce = {
      ...newCoverage(),
      runs: 1000,
      fired: 499,
      nonEmpty: 49,
      nulls: 4,
      duplicates: 4,
      predicatesInSelect: 4,
    };
    expect(gates.map((gate) => gate.missing(scarce))).toEqual([
      'it fired in 499 of 1000 runs (49.9 %)',
      'fires where rows come out: 9.8 % of 499 runs',
      'fires where NULLs come out: 0.8 % of 499 runs',
      'fires where rows repeat: 0.8 % of 499 runs',
      'fires with predicates in SELECT: 0.8 % of 499 runs',
      expect.stringMatching(/^0 of \d+ pairs/),
    ]);
    const enough = { ...scarce, fired: 500, nonEmpty: 50, nulls: 5, duplicates: 5, predicatesInSelect: 5 };
    expect(gates.map((gate) => gate.missing(enough)).slice(0, -1)).toEqual([null, null, null, null, null]);
  });

  it('know ties, joins and pairs that are missing', () => {
    const gates = new Map(
      gatesOf(never, {
        shapes: [
          ['filter', 'join'],
          ['limit', 'sort'],
        ],
        minFired: 0,
      }).map((gate): [GateName, Gate] => [gate.name, gate]),
    );
    const coverage = newCoverage();
    coverage.runs = 100;
    expect(gates.get('ties')?.missing(coverage)).toBe('no limit cuts between equal rows in 100 runs');
    expect(gates.get('joins')?.missing(coverage)).toBe('too few joins are inner, left, right, full, semi, anti');
    for (const type of ['inner', 'left', 'right', 'full', 'semi']) coverage.offered.set(`join ${type}`, 5);
    expect(gates.get('joins')?.missing(coverage)).toBe('too few joins are anti');
    expect(gates.get('pairs')?.missing(coverage)).toMatch(/^0 of \d+ pairs; not: .*x/);
    expect(PAIRS_TOTAL).toBe(7 * 3 + 7 * 4 + 7 * 3 + 7 * 4 + 3 * 4 + 3 * 3 + 3 * 4 + 4 * 3 + 4 * 4 + 3 * 4);
    expect(pairsOf(['join=left', 'join=inner', 'nulls=some'])).toEqual([
      'join=inner x nulls=some',
      'join=left x nulls=some',
    ]);
  });

  it('print what they count', async () => {
    const { coverage } = await huntRule(never, { shapes: [['filter', 'join']] }, { runs: 300, seed: 2 });
    const report = reportOf('never', coverage);
    expect(report).toMatch(/^never: fired in 0 of 300 runs \(0\.0 %\)\n/);
    expect(report).toMatch(/pairs \d+\/\d+\n {2}joins \(fired\/all\): anti 0\/\d+, full 0\/\d+, inner/);
  });
});
