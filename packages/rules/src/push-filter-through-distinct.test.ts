import { type DataType, type Expr, types } from '@millrace/core';
import type { LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { filterInPlaceOfDistinct, filterTellingApart } from './mutants/push-filter-through-distinct.ts';
import { pushFilterThroughDistinct } from './push-filter-through-distinct.ts';
import { call, cast, compare, fallible, newColumn, rewritten, rewrittenText, scanOf, text } from './testing/fixture.ts';

ruleSuite(pushFilterThroughDistinct, {
  shapes: [
    ['filter', 'distinct'],
    ['filter', 'distinct', 'scan'],
    ['filter', 'distinct', 'project', 'scan'],
    ['filter', 'filter', 'distinct', 'project', 'scan'],
  ],
  minFired: 0.4,
  tables: ['d'],
  mutants: [filterTellingApart, filterInPlaceOfDistinct],
});

const k = newColumn('k');
const filter = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });

describe('push-filter-through-distinct', () => {
  it('moves what may fail', () => {
    const plan = filter({ kind: 'distinct', input: scanOf('a', k) }, fallible(k));
    expect(rewrittenText(pushFilterThroughDistinct, plan)).toBe('Distinct\n  Filter f(k) > 0\n    Scan a [k]');
  });

  it.each<DataType>([
    types.float8,
    types.numeric,
    types.interval,
    types.jsonb,
    { kind: 'bpchar', length: 3 },
    { kind: 'array', item: types.float8 },
  ])('compares columns of $kind and looks no closer', (type) => {
    const x = newColumn('x', type);
    const distinct: LogicalPlan = { kind: 'distinct', input: scanOf('a', x) };
    const closer = filter(distinct, compare(cast(call(x), types.text), '=', text('-0')));
    expect(rewritten(pushFilterThroughDistinct, closer)).toBe(closer);
    const compared = filter(distinct, compare(x, '>', x), {
      kind: 'is-null',
      operand: compare(x, '=', x),
      negated: true,
    });
    expect(rewrittenText(pushFilterThroughDistinct, compared)).toMatch(/^Distinct\n/);
  });

  it('looks as closely as it likes at a column whose equal values are the same', () => {
    for (const type of [
      types.int8,
      types.text,
      types.timestamptz,
      { kind: 'numeric', precision: 5, scale: 2 },
    ] as const) {
      const x = newColumn('x', type);
      const plan = filter(
        { kind: 'distinct', input: scanOf('a', x) },
        compare(cast(call(x), types.text), '=', text('0')),
      );
      expect(rewrittenText(pushFilterThroughDistinct, plan)).toMatch(/^Distinct\n/);
    }
  });
});
