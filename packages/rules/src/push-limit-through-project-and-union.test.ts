import { standardFunctions, types } from '@millrace/core';
import { columnExpr, type LogicalPlan, literalExpr, printPlan, type RowRange } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import {
  belowDistinct,
  nullAsZero,
  offsetForgotten,
  offsetInEveryInput,
  outerLimitGone,
} from './mutants/push-limit-through-project-and-union.ts';
import { pushLimitThroughProjectAndUnion } from './push-limit-through-project-and-union.ts';
import { call, contextOf, newColumn, parameter, rewritten, rewrittenText, rows, scanOf } from './testing/fixture.ts';

ruleSuite(pushLimitThroughProjectAndUnion, {
  shapes: [
    ['limit', 'project'],
    ['limit', 'union'],
    ['limit', 'union', 'union'],
    ['limit', 'limit', 'project', 'union'],
    ['limit', 'distinct', 'union'],
  ],
  minFired: 0.4,
  limits: 'prefix',
  favor: 'parameters',
  mutants: [offsetForgotten, outerLimitGone, offsetInEveryInput, belowDistinct, nullAsZero],
});

const [k, y, u] = [newColumn('k'), newColumn('y'), newColumn('u')];
const [a, b] = [scanOf('a', k), scanOf('b', y)];
const limit = (input: LogicalPlan, range: RowRange): LogicalPlan => ({ kind: 'limit', input, range });
const union = (...inputs: LogicalPlan[]): LogicalPlan => ({ kind: 'union', inputs, columns: [u] });
const text = (plan: LogicalPlan): string => rewrittenText(pushLimitThroughProjectAndUnion, plan);
const first = { skip: null, fetch: rows(3) };

describe('push-limit-through-project-and-union', () => {
  it('leaves inputs that have a limit of their own, also below a projection', () => {
    const projected: LogicalPlan = {
      kind: 'project',
      input: { ...b, range: first },
      assignments: [{ column: y, expr: columnExpr(y) }],
    };
    const one: LogicalPlan = { kind: 'aggregate', input: b, groupBy: [], aggregations: [] };
    expect(text(limit(union(a, limit(b, first)), first))).toBe(
      'Limit 3\n  Union all [u]\n    Limit 3\n      Scan a [k]\n    Limit 3\n      Scan b [y]',
    );
    for (const input of [projected, limit(b, { skip: null, fetch: rows(99) })]) {
      const plan = limit(union(input, input), first);
      expect(rewritten(pushLimitThroughProjectAndUnion, { ...plan, input: union(input) } as LogicalPlan).kind).toBe(
        'limit',
      );
      expect(text(limit(union(input), first))).not.toContain('Union all [u]\n    Limit 3');
    }
    expect(one.kind).toBe('aggregate');
  });

  it('limits nothing by what overflows, is negative, NULL or missing', () => {
    const max = literalExpr(2n ** 63n - 1n, types.int8);
    for (const range of [
      { skip: rows(1), fetch: max },
      { skip: null, fetch: rows(-1) },
      { skip: rows(-1), fetch: rows(1) },
      { skip: parameter(1, types.int8), fetch: rows(-1) },
      { skip: null, fetch: literalExpr(null, types.int8) },
      { skip: rows(1), fetch: null },
      { skip: null, fetch: call(rows(1), { volatility: 'volatile' }) },
    ]) {
      const plan = limit(union(a, b), range);
      expect(rewritten(pushLimitThroughProjectAndUnion, plan)).toBe(plan);
    }
    expect(text(limit(union(a, b), { skip: rows(0), fetch: max }))).toContain(
      'Limit 9223372036854775807\n      Scan a [k]',
    );
  });

  it('adds parameters where the sum is sure not to fail', () => {
    const range = { skip: parameter(2, types.int8), fetch: parameter(1, types.int8) };
    const context = { ...contextOf(null), functions: standardFunctions };
    const plan = limit(union(a, b), range) as Extract<LogicalPlan, { kind: 'limit' }>;
    const result = pushLimitThroughProjectAndUnion.rewrite(plan, context);
    expect(printPlan(result, { ids: 'never' })).toContain(
      "Limit CASE WHEN ($2 >= '0'::bigint) AND ($1 <= ('9223372036854775807'::bigint - $2)) THEN $1 + $2 ELSE NULL END\n      Scan a",
    );
    expect(text(limit(union(a, b), { skip: null, fetch: parameter(1, types.int8) }))).toContain(
      '    Limit $1\n      Scan a',
    );
  });
});
