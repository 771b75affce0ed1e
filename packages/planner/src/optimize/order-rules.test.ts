import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderRules } from './order-rules.ts';
import { replaceRule } from './replace-rule.ts';
import { defineAnalyzerRule, definePhysicalRule, defineRule, type LogicalPhase, type OptimizerRule } from './rule.ts';

const rule = (
  name: string,
  more: { readonly after?: string[]; readonly before?: string[]; readonly phase?: LogicalPhase } = {},
): OptimizerRule =>
  defineRule({
    name,
    summary: `does ${name}`,
    phase: more.phase ?? 'simplify',
    on: ['filter'],
    order: 'up',
    examples: [],
    ...(more.after === undefined ? {} : { after: more.after }),
    ...(more.before === undefined ? {} : { before: more.before }),
    rewrite: (node) => node,
  }) as OptimizerRule;
const names = (rules: readonly OptimizerRule[]): string[] => orderRules(rules).map((entry) => entry.rule.name);

describe('orderRules', () => {
  it('sorts by phase, then by constraints, then by registration', () => {
    const physical = definePhysicalRule({ name: 'p', summary: '', examples: [], rewritePhysical: (node) => node });
    const policy = defineAnalyzerRule({ name: 'policy', summary: '', examples: [], analyze: (plan) => plan });
    const ordered = orderRules([
      physical,
      rule('late', { phase: 'finish' }),
      rule('c', { after: ['d'] }),
      rule('a'),
      rule('d'),
      rule('b', { before: ['a'] }),
      policy,
    ]);
    expect(ordered.map((entry) => `${entry.position} ${entry.phase} ${entry.rule.name}`)).toEqual([
      '1 analyzer policy',
      '2 simplify d',
      '3 simplify c',
      '4 simplify b',
      '5 simplify a',
      '6 finish late',
      '7 physical p',
    ]);
  });

  it('says why a rule is where it is', () => {
    const ordered = orderRules([rule('a', { after: ['b', 'gone'] }), rule('b')], { b: { before: ['a'] } });
    expect(ordered.map((entry) => entry.why)).toEqual(['before a', 'after b, gone is absent']);
    expect(orderRules([rule('a')]).map((entry) => entry.why)).toEqual(['order of registration']);
  });

  it('refuses duplicates, circles, unknown names and constraints against the phases', () => {
    expect(() => names([rule('a'), rule('a')])).toThrow('rule "a" is registered twice');
    const circle = [rule('x'), rule('a', { after: ['c'] }), rule('b', { after: ['a'] }), rule('c', { after: ['b'] })];
    expect(() => names(circle)).toThrow(
      /rules in a circle: (a before b before c before a|b before c before a before b|c before a before b before c)/,
    );
    expect(() => names([rule('a', { before: ['a'] })])).toThrow('rules in a circle: a before a');
    const early = rule('early', { phase: 'normalize', after: ['late'] });
    expect(() => names([early, rule('late', { phase: 'finish' })])).toThrow(
      'rule "late" (phase finish) cannot run before "early" (phase normalize)',
    );
    expect(() => orderRules([rule('push-filter')], { 'push-fliter': { after: [] } })).toThrow(
      expect.objectContaining({
        sqlstate: 'F0000',
        info: expect.objectContaining({ hint: 'Did you mean "push-filter"?' }),
      }),
    );
  });

  it('keeps every constraint, and registration order where there is none', () => {
    const edges = fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { selector: String, maxLength: 12 });
    fc.assert(
      fc.property(edges, fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6], { minLength: 7 }), (pairs, registration) => {
        const forward = pairs.filter(([a, b]) => a < b);
        const rules = registration.map((i) =>
          rule(`r${i}`, { before: forward.filter(([a]) => a === i).map(([, b]) => `r${b}`) }),
        );
        const result = names(rules);
        expect([...result].sort()).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `r${i}`));
        for (const [a, b] of forward) expect(result.indexOf(`r${a}`)).toBeLessThan(result.indexOf(`r${b}`));
        if (forward.length === 0) expect(result).toEqual(registration.map((i) => `r${i}`));
      }),
    );
  });
});

describe('replaceRule', () => {
  it('takes over place and name, and refuses unknown names and other stages', () => {
    const ours = rule('our-own');
    const replaced = replaceRule([rule('a'), rule('b')], 'b', ours);
    expect(replaced.map((r) => r.name)).toEqual(['a', 'b']);
    expect(replaced[1]?.summary).toBe('does our-own');
    expect(() => replaceRule([rule('a')], 'q', ours)).toThrow('there is no rule "q"');
    const physical = definePhysicalRule({ name: 'p', summary: '', examples: [], rewritePhysical: (node) => node });
    expect(() => replaceRule([rule('a')], 'a', physical)).toThrow('cannot be replaced by a physical one');
  });
});
