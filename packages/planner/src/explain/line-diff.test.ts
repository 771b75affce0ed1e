import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainRules } from './explain-rules.ts';
import { lineDiff } from './line-diff.ts';

describe('lineDiff', () => {
  it('shows what changed with two lines around it', () => {
    expect(lineDiff('a\nb\nc\nd\ne\nf\ng', 'a\nb\nc\nD\ne\nf\ng')).toEqual([
      '  ...',
      '  b',
      '  c',
      '- d',
      '+ D',
      '  e',
      '  f',
      '  ...',
    ]);
    expect(lineDiff('a', 'a')).toEqual([]);
    expect(lineDiff('', 'a')).toEqual(['+ a']);
  });

  it('turns one text into the other, changing no more lines than replacing all', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const diff = lineDiff(before.join('\n'), after.join('\n'), 99);
        const side = (sign: string): string[] =>
          before.join() === after.join()
            ? before
            : diff.filter((line) => line[0] === ' ' || line[0] === sign).map((line) => line.slice(2));
        expect(side('-')).toEqual(before);
        expect(side('+')).toEqual(after);
      }),
    );
  });
});

describe('explainRules', () => {
  const event = { phase: 'prune', pass: 1, micros: 14, notes: [], error: null };
  const events = [
    { ...event, rule: 'prune-columns', changed: true, before: 'P\n  Scan a [k, x]', after: 'P\n  Scan a [k]' },
    { ...event, rule: 'silent', changed: false, before: null, after: null, notes: ['no limit'] },
    { ...event, rule: 'broken', changed: false, before: null, after: null, error: 'rule "broken" failed: oh' },
  ];
  it('shows changes as diffs, failures, and silent rules only on demand', () => {
    const lines = ['prune: prune-columns (14 us)', '    P', '  -   Scan a [k, x]', '  +   Scan a [k]'];
    const failed = 'prune: broken stopped: rule "broken" failed: oh';
    expect(explainRules(events)).toEqual([...lines, failed]);
    expect(explainRules(events, { all: true })).toEqual([...lines, failed, 'unchanged: silent', '  silent: no limit']);
    expect(explainRules([])).toEqual(['no rule changed the plan']);
    const unseen = { ...event, rule: 'fold', changed: true, before: 'P', after: 'P' };
    expect(explainRules([unseen])).toEqual(['prune: fold (14 us)', "  (nothing that the plan's text shows)"]);
  });
});
