import {
  assert,
  type ColumnId,
  type DataType,
  type Expr,
  type GeneratedColumn,
  types,
  type Value,
} from '@millrace/core';
import { callById } from './calls.ts';

/** A generated column of a fixture table: from which column, how a plan says it, and how data are made, in words of its own. */
export interface FixtureDerivation {
  readonly source: string;
  /** Over the source as the column with its attribute number, as the catalog has it. */
  readonly generated: GeneratedColumn;
  valueOf(source: NonNullable<Value>): Value;
}

const MICROS_A_DAY = 86_400_000_000n;
const INFINITIES: ReadonlyMap<Value, Value> = new Map([
  [2n ** 63n - 1n, 2_147_483_647],
  [-(2n ** 63n), -2_147_483_648],
]);

function column(attributeNumber: number, type: DataType): Expr {
  return { kind: 'column', id: attributeNumber as ColumnId, type };
}

/** `'UTC'::text` as the binder has it. */
const UTC: Expr = {
  kind: 'cast',
  operand: { kind: 'literal', value: 'UTC', type: types.unknown },
  type: types.text,
  context: 'explicit',
};

/** `(ts AT TIME ZONE 'UTC')::date` of the first column. */
const DAY: FixtureDerivation = {
  source: 'ts',
  generated: {
    sql: "(ts AT TIME ZONE 'UTC'::text)::date",
    expr: {
      kind: 'cast',
      operand: callById('timezone(text,timestamptz)', [UTC, column(1, types.timestamptz)]),
      type: types.date,
      context: 'explicit',
    },
  },
  valueOf(ts) {
    assert(typeof ts === 'bigint', 'a timestamptz is a bigint');
    const day = ts / MICROS_A_DAY;
    return INFINITIES.get(ts) ?? Number(day * MICROS_A_DAY > ts ? day - 1n : day);
  },
};

/** `n / 2` of the second column: towards zero. */
const HALF: FixtureDerivation = {
  source: 'n',
  generated: {
    sql: '(n / 2)',
    expr: callById('/(int4,int4)', [column(2, types.int4), { kind: 'literal', value: 2, type: types.int4 }]),
  },
  valueOf: (n) => Math.trunc(Number(n) / 2) + 0,
};

/** By table and column. */
export const FIXTURE_DERIVATIONS: Readonly<Record<string, Readonly<Record<string, FixtureDerivation>>>> = {
  e: { day: DAY, half: HALF },
};

/** The row with its generated columns as they follow from the others. */
export function withGenerated(table: string, row: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const derivations = FIXTURE_DERIVATIONS[table];
  if (derivations === undefined) return row;
  const derived = Object.entries(derivations).map(([name, derivation]) => {
    const from = row[derivation.source] ?? null;
    return [name, from === null ? null : derivation.valueOf(from)];
  });
  return { ...row, ...Object.fromEntries(derived) };
}
