import { createOptimizer } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import { standardRules } from './standard-rules.ts';

describe('standardRules', () => {
  const rules = standardRules();
  const optimizer = createOptimizer({
    rules,
    functions: { overloads: () => [], byId: () => undefined },
    clock: { monotonicMs: () => 0 },
  });

  it('is a frozen list that orders without a circle', () => {
    expect(Object.isFrozen(rules)).toBe(true);
    expect(optimizer.rules.map((rule) => `${rule.phase} ${rule.name}`)).toEqual([
      'simplify fold-constants',
      'simplify simplify-predicates',
      'pushdown merge-filters',
      'pushdown eliminate-empty',
      'pushdown decorrelate-exists',
      'pushdown decorrelate-scalar',
      'pushdown eliminate-outer-join',
      'pushdown infer-predicates',
      'pushdown prune-partitions',
      'pushdown push-filter-through-project',
      'pushdown push-filter-into-join',
      'pushdown push-filter-into-apply',
      'pushdown push-filter-through-aggregate',
      'pushdown push-filter-through-distinct',
      'pushdown push-filter-through-sort',
      'pushdown push-filter-through-union',
      'pushdown push-filter-through-window',
      'pushdown push-filter-into-scan',
      'pushdown merge-projects',
      'pushdown eliminate-distinct',
      'pushdown push-limit-through-project-and-union',
      'pushdown push-limit-into-scan',
      'prune prune-columns',
      'prune reorder-joins',
      'finish eliminate-common-subexpressions',
      'finish sort-limit-to-topk',
      'bind substitute-params',
      'bind fold-cast-literals',
      'bind values-to-memory',
      'physical insert-fast-path',
    ]);
  });

  it('holds frozen rules with a summary, a positive and a negative example', () => {
    for (const rule of rules) {
      expect(Object.isFrozen(rule), rule.name).toBe(true);
      expect(rule.summary, rule.name).toMatch(/^[A-Z].*\.$/);
      expect(
        rule.examples.some((example) => example.after === 'unchanged'),
        rule.name,
      ).toBe(true);
      expect(
        rule.examples.some((example) => example.after !== 'unchanged'),
        rule.name,
      ).toBe(true);
    }
  });
});
