import { type Expr, standardFunctions, types } from '@millrace/core';
import {
  applyRule,
  checkPlan,
  columnExpr,
  filtered,
  type LogicalPlan,
  printPlan,
  type RuleContext,
} from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { decorrelateScalar } from './decorrelate-scalar.ts';
import { countIsNull, innerJoin, nullsMeet } from './mutants/decorrelate-scalar.ts';
import { compare, contextOf, fallible, int, newColumn, rows, scanOf } from './testing/fixture.ts';

ruleSuite(decorrelateScalar, {
  shapes: [['apply', 'aggregate']],
  minFired: 0.15,
  mutants: [countIsNull, innerJoin, nullsMeet],
});

const [k, x, bk, y] = [newColumn('k'), newColumn('x'), newColumn('bk'), newColumn('y')];
const a = scanOf('a', k, x);
const b = scanOf('b', bk, y);
const f = newColumn('f', types.float8);
const out = newColumn('out', types.int8);

/** The Apply of an aggregate over the rows of `input` that pass `predicates`. */
function aggregateOver(fn: string, arg: Expr | null, predicates: readonly Expr[], input: LogicalPlan = b): LogicalPlan {
  const column = newColumn('agg', types.int8);
  const args = arg === null ? [] : [arg];
  const aggregation = { column, fn, args, isDistinct: false, filter: null, orderBy: [] };
  return {
    kind: 'apply',
    input: a,
    subquery: { kind: 'aggregate', input: filtered(input, predicates), groupBy: [], aggregations: [aggregation] },
    mode: { kind: 'scalar', output: { ...out, id: newColumn('out').id } },
  };
}

/** The plan after the rule without ids, or why it is the same. */
function text(plan: LogicalPlan): string {
  const notes: string[] = [];
  const context: RuleContext = { ...contextOf(null, notes), functions: standardFunctions };
  const result = applyRule(decorrelateScalar as never, plan, context).plan;
  checkPlan(result, 'full');
  return result === plan ? notes.join() : printPlan(result, { ids: 'never' });
}

describe('decorrelate-scalar', () => {
  it('groups by every equation, also by an expression, and joins on what only reads the row', () => {
    const less: Expr = { kind: 'coalesce', args: [columnExpr(y), int(0)], type: types.int4 };
    const predicates = [compare(k, '=', bk), compare(less, 'is-not-distinct', x), compare(x, '>', int(3))];
    expect(text(aggregateOver('max(int4)', columnExpr(y), predicates))).toBe(
      [
        'Project k, x, agg AS out',
        '  Join left on k = bk, x IS NOT DISTINCT FROM key, x > 3',
        '    Scan a [k, x]',
        '    Aggregate by bk, key: max(y) AS agg',
        '      Project bk, y, COALESCE(y, 0) AS key',
        '        Scan b [bk, y]',
      ].join('\n'),
    );
  });

  it('says 0 for a count over no rows also where only the row decides', () => {
    expect(text(aggregateOver('count(*)', null, [compare(x, '>', int(3))]))).toBe(
      [
        "Project k, x, COALESCE(agg, '0'::bigint) AS out",
        '  Join left on x > 3',
        '    Scan a [k, x]',
        '    Aggregate: count(*) AS agg',
        '      Scan b [bk, y]',
      ].join('\n'),
    );
  });

  it('leaves what may fail, other ties than equations, and aggregates of the row', () => {
    const tie = compare(bk, '=', k);
    expect(text(aggregateOver('sum(float8)', columnExpr(f), [], scanOf('c', f)))).toMatch(/may fail/);
    expect(text(aggregateOver('max(int4)', columnExpr(y), [tie, fallible(y)]))).toMatch(/may fail/);
    expect(text(aggregateOver('max(int4)', columnExpr(y), [compare(bk, '<', k)]))).toMatch(/more than equations/);
    expect(text(aggregateOver('max(int4)', columnExpr(x), [tie]))).toMatch(/more than equations/);
    const limited: LogicalPlan = { kind: 'limit', input: filtered(b, [tie]), range: { skip: null, fetch: rows(1) } };
    expect(text(aggregateOver('max(int4)', columnExpr(y), [], limited))).toMatch(/more than equations/);
  });
});
