import { LIMITS, types, valueAt } from '@millrace/core';
import { type LogicalPlan, literalExpr } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { valuesUpToExpression, valuesWithoutNulls } from './mutants/values-to-memory.ts';
import { bindValues, call, int, newColumn, parameter, rewritten, text } from './testing/fixture.ts';
import { valuesToMemory } from './values-to-memory.ts';

ruleSuite(valuesToMemory, {
  shapes: [['values'], ['filter', 'values'], ['join', 'values'], ['insert', 'values']],
  minFired: 0.15,
  limits: 'prefix',
  mutants: [valuesUpToExpression, valuesWithoutNulls],
});

const k = newColumn('k');
const t = newColumn('t', types.text);
const literal = literalExpr(null, types.text);

describe('values-to-memory', () => {
  it('makes vectors of literals, NULL included', () => {
    const plan: LogicalPlan = {
      kind: 'values',
      columns: [k, t],
      rows: [
        [int(1), text('x')],
        [int(2), literal],
      ],
    };
    const memory = rewritten(valuesToMemory, plan, bindValues());
    if (memory.kind !== 'memory') return expect.fail(memory.kind);
    expect(memory.columns).toBe(plan.columns);
    const cells = memory.batches.map((batch) =>
      batch.vectors.map((vector) => Array.from({ length: batch.rowCount }, (_, i) => valueAt(vector, i))),
    );
    expect(cells).toEqual([
      [
        [1, 2],
        ['x', null],
      ],
    ]);
  });

  it('cuts many rows into batches', () => {
    const rows = Array.from({ length: LIMITS.batchRows + 1 }, (_, i) => [int(i)]);
    const memory = rewritten(valuesToMemory, { kind: 'values', columns: [k], rows }, bindValues());
    if (memory.kind !== 'memory') return expect.fail(memory.kind);
    expect(memory.batches.map((batch) => batch.rowCount)).toEqual([LIMITS.batchRows, 1]);
  });

  it('leaves rows with any other cell, rows without columns, and no rows', () => {
    const others: LogicalPlan[] = [
      { kind: 'values', columns: [k], rows: [[int(1)], [call(int(1), { mayFail: true })]] },
      { kind: 'values', columns: [k], rows: [[parameter(1)]] },
      { kind: 'values', columns: [], rows: [[]] },
      { kind: 'values', columns: [k], rows: [] },
    ];
    for (const plan of others) expect(rewritten(valuesToMemory, plan, bindValues())).toBe(plan);
  });
});
