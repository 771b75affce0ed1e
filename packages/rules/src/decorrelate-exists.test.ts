import { arrayOf, type Column, type Expr, standardFunctions, types } from '@millrace/core';
import {
  applyRule,
  columnExpr,
  type LogicalPlan,
  literalExpr,
  type PlanOf,
  printPlan,
  type RuleContext,
} from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { decorrelateExists } from './decorrelate-exists.ts';
import { answerIsTrue, nullBlind, someDiffers } from './mutants/decorrelate-exists.ts';
import {
  call,
  compare,
  contextOf,
  fallible,
  int,
  newColumn,
  not,
  rewrittenText,
  rows,
  scanOf,
} from './testing/fixture.ts';

ruleSuite(decorrelateExists, {
  shapes: [['filter', 'apply']],
  minFired: 0.1,
  mutants: [nullBlind, answerIsTrue, someDiffers],
});

const k = newColumn('k');
const x = newColumn('x', types.int4, false);
const a = scanOf('a', k, x);
const bk = newColumn('bk');
const y = newColumn('y');
const strict = newColumn('n', types.int4, false);
const b = scanOf('b', bk, y, strict);
const tie = compare(bk, '=', k);
const where = (input: LogicalPlan, ...predicates: Expr[]): LogicalPlan => ({ kind: 'filter', input, predicates });
const only = (input: LogicalPlan, column: Column): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: [{ column: newColumn('p', column.type, column.nullable), expr: columnExpr(column) }],
});

function exists(subquery: LogicalPlan, input: LogicalPlan = a): PlanOf<'apply'> {
  return { kind: 'apply', input, subquery, mode: { kind: 'exists', output: newColumn('e', types.bool, false) } };
}
function compared(left: Expr, op: '=' | '<>' | '<', quantifier: 'any' | 'all', subquery: LogicalPlan): PlanOf<'apply'> {
  const output = newColumn('e', types.bool);
  return { kind: 'apply', input: a, subquery, mode: { kind: 'quantified', output, quantifier, op, left: [left] } };
}
function holds(apply: PlanOf<'apply'>, ...rest: Expr[]): LogicalPlan {
  return where(apply, ...rest, answer(apply));
}
function answer({ mode }: PlanOf<'apply'>): Expr {
  return 'output' in mode ? columnExpr(mode.output) : int(0);
}
const text = (plan: LogicalPlan): string => rewrittenText(decorrelateExists, plan);
/** The first join, or what is left alone, and the notes. */
function joinOf(plan: LogicalPlan, notes: string[] = []): string {
  const context: RuleContext = { ...contextOf(null, notes), functions: standardFunctions };
  const result = applyRule(decorrelateExists as never, plan, context).plan;
  return result === plan
    ? 'unchanged'
    : (printPlan(result, { ids: 'never' })
        .split('\n')
        .find((line) => line.includes('Join'))
        ?.trim() ?? '');
}

describe('decorrelate-exists', () => {
  it('keeps the other predicates, and the answer for whoever reads it', () => {
    const apply = exists(where(b, tie));
    const plan = where(apply, compare(x, '>', int(1)), not(answer(apply)), compare(k, '<', int(9)));
    expect(text(plan)).toBe(
      [
        'Filter x > 1, k < 9',
        '  Project k, x, false AS e',
        '    Join anti on bk = k',
        '      Scan a [k, x]',
        '      Scan b [bk, y, n]',
      ].join('\n'),
    );
  });

  it('knows which comparisons are IN and NOT IN, and where NULLs cannot be', () => {
    const [nullable, never] = [only(b, y), only(b, strict)];
    const any = compared(columnExpr(x), '=', 'any', nullable);
    expect(joinOf(holds(any))).toBe('Join semi on x = p');
    expect(joinOf(where(any, not(answer(any))))).toBe('Join anti on (x = p) IS NOT FALSE');
    const all = compared(columnExpr(x), '<>', 'all', never);
    expect(joinOf(holds(all))).toBe('Join anti on x = p');
    expect(joinOf(where(all, not(answer(all))))).toBe('Join semi on x = p');
    expect(joinOf(holds(compared(columnExpr(k), '<>', 'all', never)))).toBe('Join anti on (k = p) IS NOT FALSE');
  });

  it('finds the Apply below others, and looks at one row of what is the same for all', () => {
    const first = exists(where(b, tie));
    const output = newColumn('s', arrayOf(types.int4));
    const subquery = scanOf('c', newColumn('t'));
    const second: PlanOf<'apply'> = { kind: 'apply', input: first, subquery, mode: { kind: 'array', output } };
    expect(text(where(second, answer(first)))).toBe(
      [
        'Apply array AS s',
        '  Project k, x, true AS e',
        '    Join semi on bk = k',
        '      Scan a [k, x]',
        '      Scan b [bk, y, n]',
        '  Scan c [t]',
      ].join('\n'),
    );
    expect(joinOf(holds(exists(b)))).toBe('Join semi');
    expect(text(holds(exists(b)))).toContain('Limit 1');
  });

  it('passes what makes no difference to EXISTS: columns, order, repetition, LIMIT 1', () => {
    const one = { skip: null, fetch: rows(1) };
    const sorted: LogicalPlan = { kind: 'sort', input: where(b, tie), keys: [], range: null };
    const limited: LogicalPlan = { kind: 'limit', input: { kind: 'distinct', input: only(sorted, y) }, range: one };
    expect(joinOf(holds(exists(limited)))).toBe('Join semi on bk = k');
    const none: LogicalPlan = { kind: 'limit', input: where(b, tie), range: { skip: null, fetch: rows(0) } };
    const later: LogicalPlan = { kind: 'limit', input: where(b, tie), range: { skip: rows(1), fetch: rows(1) } };
    for (const plan of [none, later]) expect(joinOf(holds(exists(plan)))).toBe('unchanged');
  });

  it('leaves what only an Apply can do, and says why', () => {
    const isReason = (plan: LogicalPlan, reason: RegExp): void => {
      const notes: string[] = [];
      expect(joinOf(plan, notes)).toBe('unchanged');
      expect(notes.join()).toMatch(reason);
    };
    isReason(holds(exists(where(b, tie, fallible(y)))), /may fail or is volatile/);
    isReason(
      holds(exists(where(b, tie, compare(call(y, { volatility: 'volatile' }), '>', int(0))))),
      /may fail or is volatile/,
    );
    const negative: LogicalPlan = {
      kind: 'limit',
      input: b,
      range: { skip: null, fetch: literalExpr(-1n, types.int8) },
    };
    isReason(holds(exists(where(negative, tie))), /may fail or is volatile/);
    const counted = newColumn('count', types.int8);
    const counts: LogicalPlan = {
      kind: 'aggregate',
      input: where(b, tie),
      groupBy: [],
      aggregations: [{ column: counted, fn: 'count(*)', args: [], isDistinct: false, filter: null, orderBy: [] }],
    };
    isReason(holds(exists(counts)), /more than one row/);
    isReason(holds(compared(columnExpr(x), '<', 'any', only(b, y))), /only = ANY and <> ALL/);
    isReason(holds(compared(call(x, { mayFail: true }), '=', 'any', only(b, y))), /looked for may fail/);
  });

  it('pulls ties up through Projects and inner joins, also computed columns, but not from the side an outer join pads', () => {
    const ck = newColumn('ck');
    const c = scanOf('c', ck);
    const sum = newColumn('sum');
    const project: LogicalPlan = {
      kind: 'project',
      input: where(b, tie),
      assignments: [
        { column: sum, expr: { kind: 'coalesce', args: [columnExpr(y), columnExpr(x)], type: types.int4 } },
      ],
    };
    expect(joinOf(holds(compared(columnExpr(x), '=', 'any', project)))).toBe('Join semi on bk = k, x = COALESCE(y, x)');
    const join = (type: 'inner' | 'left' | 'full'): LogicalPlan => ({
      kind: 'join',
      type,
      left: c,
      right: where(b, tie),
      on: [compare(ck, '=', y)],
    });
    expect(joinOf(holds(exists(join('inner'))))).toBe('Join semi on bk = k');
    expect(text(holds(exists({ ...join('inner'), type: 'semi' } as LogicalPlan)))).toBe(
      [
        'Project k, x, true AS e',
        '  Join semi on bk = k',
        '    Scan a [k, x]',
        '    Join inner on ck = y',
        '      Scan c [ck]',
        '      Scan b [bk, y, n]',
      ].join('\n'),
    );
    expect(joinOf(holds(exists({ ...join('inner'), type: 'anti' } as LogicalPlan)))).toBe('unchanged');
    for (const type of ['left', 'full'] as const) expect(joinOf(holds(exists(join(type))))).toBe('unchanged');
  });
});
