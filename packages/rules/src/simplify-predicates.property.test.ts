import { type ColumnId, type CompareOp, type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { simplifyExpr } from './shared/simplify-boolean.ts';
import { simplifyPredicates } from './simplify-predicates.ts';
import { type Cell, evaluateOn, keeps, outcomeOf, type Row } from './testing/evaluate.ts';
import { call, newColumn, rewritten, scanOf } from './testing/fixture.ts';

const [p, q] = [newColumn('p', types.bool), newColumn('q', types.bool)];
const [x, y] = [newColumn('x'), newColumn('y')];
const scan = scanOf('a', p, q, x, y);
const rows: readonly Row[] = [true, false, null].flatMap((pv) =>
  [true, null].flatMap((qv) =>
    [0, 1, null].flatMap((xv) =>
      [0, 2].map(
        (yv) =>
          new Map<ColumnId, Cell>([
            [p.id, pv],
            [q.id, qv],
            [x.id, xv],
            [y.id, yv],
          ]),
      ),
    ),
  ),
);

const number = fc.constantFrom<Expr>(
  columnExpr(x),
  columnExpr(y),
  call(x, { mayFail: true }),
  call(y),
  { kind: 'literal', value: 1, type: types.int4 },
  { kind: 'literal', value: null, type: types.int4 },
);
const ops: readonly CompareOp[] = ['=', '<>', '<', '<=', '>', '>=', 'is-distinct', 'is-not-distinct'];
const { predicate } = fc.letrec<{ predicate: Expr }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Expr>(
      columnExpr(p),
      columnExpr(q),
      ...[true, false, null].map((value) => ({ kind: 'literal', value, type: types.bool }) as const),
    ),
    fc.record({ kind: fc.constant('compare' as const), op: fc.constantFrom(...ops), left: number, right: number }),
    fc.record({
      kind: fc.constant('in-list' as const),
      operand: number,
      items: fc.array(number, { minLength: 1, maxLength: 2 }),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('is-null' as const),
      operand: fc.oneof(number, tie('predicate')),
      negated: fc.boolean(),
    }),
    fc.record({
      kind: fc.constant('is-bool' as const),
      operand: tie('predicate'),
      value: fc.boolean(),
      negated: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('not' as const), operand: tie('predicate') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('predicate'), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

it('has the same value and the same errors on every row, in SELECT', () => {
  let changed = 0;
  fc.assert(
    fc.property(predicate, (expr) => {
      const simple = simplifyExpr(expr);
      if (simple !== expr) changed++;
      for (const row of rows)
        expect(outcomeOf(() => evaluateOn(simple, row))).toBe(outcomeOf(() => evaluateOn(expr, row)));
      expect(simplifyExpr(simple)).toBe(simple);
    }),
    { numRuns: 2000 },
  );
  expect(changed).toBeGreaterThan(500);
});

it('keeps the same rows with the same errors, in WHERE', () => {
  let emptied = 0;
  fc.assert(
    fc.property(fc.array(predicate, { minLength: 1, maxLength: 3 }), (predicates) => {
      const plan: LogicalPlan = { kind: 'filter', input: scan, predicates };
      const simple = rewritten(simplifyPredicates, plan);
      if (simple.kind === 'values') emptied++;
      for (const row of rows)
        expect(outcomeOf(() => passes(simple, row))).toBe(outcomeOf(() => keeps(predicates, row)));
    }),
    { numRuns: 1000 },
  );
  expect(emptied).toBeGreaterThan(50);
});

function passes(plan: LogicalPlan, row: Row): boolean {
  if (plan.kind === 'values') return plan.rows.length > 0;
  return plan.kind !== 'filter' || keeps(plan.predicates, row);
}
