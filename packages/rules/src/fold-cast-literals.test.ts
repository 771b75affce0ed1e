import { type DataType, types, type Value } from '@millrace/core';
import { columnExpr, type LogicalPlan, literalExpr } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { foldCastLiterals } from './fold-cast-literals.ts';
import { castWithoutConversion, failedCastIsNull } from './mutants/fold-cast-literals.ts';
import { bindValues, cast, newColumn, parameter, rewritten, rewrittenText, text } from './testing/fixture.ts';

ruleSuite(foldCastLiterals, {
  shapes: [['filter', 'scan'], ['project'], ['values'], ['insert', 'values']],
  minFired: 0.2,
  favor: 'casts',
  limits: 'prefix',
  mutants: [castWithoutConversion, failedCastIsNull],
});

const cellOf = (value: Value, from: DataType, to: DataType): LogicalPlan => ({
  kind: 'values',
  columns: [newColumn('c', to)],
  rows: [[cast(literalExpr(value, from), to)]],
});
const folded = (plan: LogicalPlan): Value | undefined => {
  const result = rewritten(foldCastLiterals, plan, bindValues());
  const cell = result.kind === 'values' ? result.rows[0]?.[0] : undefined;
  return cell?.kind === 'literal' ? cell.value : undefined;
};

describe('fold-cast-literals', () => {
  it('evaluates casts of literals, one inside the other too', () => {
    expect(folded(cellOf('2024-01-01', types.text, types.date))).toBe(19723);
    expect(folded(cellOf(3, types.int4, types.int8))).toBe(3n);
    expect(folded(cellOf(null, types.unknown, types.date))).toBe(null);
    const nested: LogicalPlan = {
      kind: 'values',
      columns: [newColumn('c', types.int8)],
      rows: [[cast(cast(text('12'), types.int4), types.int8)]],
    };
    expect(folded(nested)).toBe(12n);
  });

  it('knows the session: time zone and start of the transaction', () => {
    const plan = cellOf('2024-01-01 00:00', types.text, types.timestamptz);
    const binding = { ...bindValues(), format: { ...bindValues().format, timeZone: 'Europe/Berlin' } };
    expect(rewrittenText(foldCastLiterals, plan, binding)).toBe(
      "Values [c] ('2023-12-31 23:00:00+00'::timestamp with time zone)",
    );
    const now = { ...bindValues(), transactionMicros: 86_400_000_000n };
    expect(rewrittenText(foldCastLiterals, cellOf('now', types.text, types.timestamptz), now)).toContain(
      '1970-01-02 00:00:00+00',
    );
  });

  it('leaves a cast that fails, and what is not a literal', () => {
    const failing = cellOf('noon', types.text, types.date);
    expect(rewritten(foldCastLiterals, failing, bindValues())).toBe(failing);
    const large = cellOf(70_000, types.int4, types.int2);
    expect(rewritten(foldCastLiterals, large, bindValues())).toBe(large);
    const open: LogicalPlan = {
      kind: 'values',
      columns: [newColumn('c', types.int8)],
      rows: [[cast(parameter(1), types.int8)]],
    };
    expect(rewritten(foldCastLiterals, open, bindValues())).toBe(open);
    expect(rewritten(foldCastLiterals, cellOf(3, types.int4, types.int8), null).kind).toBe('values');
  });

  it('leaves casts that ask the catalog', () => {
    const regclass = cellOf('pg_class', types.text, types.regclass);
    expect(rewritten(foldCastLiterals, regclass, bindValues())).toBe(regclass);
  });

  it('could apply where a parameter may become a literal, not where only columns are cast', () => {
    const k = newColumn('k');
    const input: LogicalPlan = { kind: 'values', columns: [k], rows: [] };
    const project = (expr = cast(columnExpr(k), types.int8)): LogicalPlan => ({
      kind: 'project',
      input,
      assignments: [{ column: newColumn('c', types.int8), expr }],
    });
    expect(foldCastLiterals.couldApply?.(project())).toBe(false);
    expect(foldCastLiterals.couldApply?.(project(cast(parameter(1), types.int8)))).toBe(true);
  });
});
