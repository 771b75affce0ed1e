import { type Expr, types } from '@millrace/core';
import type { ApplyMode, LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { fallibleBelow, filterOnNullableSubquery, filterWithoutRest } from './mutants/push-filter-into-apply.ts';
import { pushFilterIntoApply } from './push-filter-into-apply.ts';
import { compare, fallible, int, newColumn, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(pushFilterIntoApply, {
  shapes: [
    ['filter', 'apply', 'scan'],
    ['filter', 'apply', 'scan'],
    ['filter', 'filter', 'apply', 'apply'],
  ],
  minFired: 0.4,
  mutants: [filterOnNullableSubquery, fallibleBelow, filterWithoutRest],
});

const [k, y, s] = [newColumn('k'), newColumn('y'), newColumn('s')];
const apply = (mode: ApplyMode): LogicalPlan => ({
  kind: 'apply',
  input: scanOf('a', k),
  subquery: scanOf('b', y),
  mode,
});
const text = (mode: ApplyMode, ...predicates: Expr[]): string =>
  rewrittenText(pushFilterIntoApply, { kind: 'filter', input: apply(mode), predicates });
const ofInput = compare(k, '=', int(1));

describe('push-filter-into-apply', () => {
  it('filters the input of every mode, by what may fail, too', () => {
    const array: ApplyMode = { kind: 'array', output: newColumn('l', { kind: 'array', item: types.int4 }) };
    const modes: readonly ApplyMode[] = [{ kind: 'scalar', output: s }, array, { kind: 'left', on: [] }];
    for (const mode of modes)
      expect(text(mode, fallible(k), ofInput)).toContain('\n  Filter f(k) > 0, k = 1\n    Scan a [k]');
  });

  it('leaves what reads the answer, and what may fail behind it', () => {
    expect(text({ kind: 'scalar', output: s }, compare(s, '>', int(2)), fallible(k), ofInput)).toBe(
      'Filter s > 2, f(k) > 0\n  Apply scalar AS s\n    Filter k = 1\n      Scan a [k]\n    Scan b [y]',
    );
  });

  it('filters both sides of a lateral join, the input by what cannot fail', () => {
    expect(text({ kind: 'cross' }, ofInput, fallible(y), fallible(k), compare(k, '<', y))).toBe(
      'Filter f(k) > 0, k < y\n  Apply cross\n    Filter k = 1\n      Scan a [k]\n    Filter f(y) > 0\n      Scan b [y]',
    );
  });
});
