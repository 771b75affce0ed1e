import { assert, type DataType, failure, typeOf, type Value } from '@millrace/core';
import type { Aggregation } from '@millrace/planner';
import { integerRange } from './casts.ts';
import { type Decimal, decimalArithmetic, parseDecimal, printDecimal } from './decimal.ts';
import { evaluateReference, passes, type ReferenceEnvironment } from './expressions.ts';
import { compareReference, isSameValue } from './order.ts';
import type { Row } from './row.ts';

/** The value of an aggregate over the rows of one group. */
export function aggregateReference(
  aggregation: Aggregation,
  rows: readonly Row[],
  environment: ReferenceEnvironment,
): Value {
  const name = aggregation.fn.slice(0, aggregation.fn.indexOf('('));
  const { filter } = aggregation;
  const kept = filter === null ? rows : rows.filter((row) => passes([filter], row, environment));
  const ordered = sortInputs(aggregation, kept, environment);
  if (name === 'count' && aggregation.args.length === 0) return BigInt(ordered.length);
  const [argument] = aggregation.args;
  assert(argument !== undefined, `${aggregation.fn} without an argument`);
  const type = typeOf(argument);
  let inputs = ordered.map((row) => aggregation.args.map((arg) => evaluateReference(arg, row, environment)));
  if (aggregation.isDistinct) {
    inputs = inputs.filter(
      (value, index) => inputs.findIndex((other) => isSameValue(type, other[0] ?? null, value[0] ?? null)) === index,
    );
  }
  const values = inputs.map((input) => input[0] ?? null);
  const present = values.filter((value) => value !== null);
  switch (name) {
    case 'count':
      return BigInt(present.length);
    case 'sum':
      return sum(present, type);
    case 'min':
    case 'max':
      return extreme(present, type, name === 'max' ? 1 : -1);
    case 'bool_and':
    case 'every':
      return present.length === 0 ? null : !present.includes(false);
    case 'bool_or':
      return present.length === 0 ? null : present.includes(true);
    case 'array_agg':
      return values.length === 0 ? null : values;
    case 'string_agg':
      return joinTexts(inputs);
    default:
      assert(false, `the reference interpreter has no aggregate ${aggregation.fn}`);
  }
}

function sortInputs(aggregation: Aggregation, rows: readonly Row[], environment: ReferenceEnvironment): readonly Row[] {
  if (aggregation.orderBy.length === 0) return rows;
  const keyed = rows.map((row) => ({
    row,
    keys: aggregation.orderBy.map((key) => evaluateReference(key.expr, row, environment)),
  }));
  keyed.sort((a, b) => {
    for (const [index, key] of aggregation.orderBy.entries()) {
      const order = compareWithNulls(typeOf(key.expr), a.keys[index] ?? null, b.keys[index] ?? null, key);
      if (order !== 0) return order;
    }
    return 0;
  });
  return keyed.map(({ row }) => row);
}

/** ORDER BY's comparison of two values, NULLs where the key wants them. */
export function compareWithNulls(
  type: DataType,
  a: Value,
  b: Value,
  key: { readonly descending: boolean; readonly nullsFirst: boolean },
): number {
  if (a === null || b === null) return a === b ? 0 : (a === null) === key.nullsFirst ? -1 : 1;
  const order = compareReference(type, a, b);
  return key.descending ? -order : order;
}

/** int2, int4 add up to int8 (22003 beyond), int8 and numeric to numeric, floats to their own type in the order of the rows. */
function sum(values: readonly Value[], type: DataType): Value {
  if (values.length === 0) return null;
  if (type.kind === 'int2' || type.kind === 'int4') {
    const total = values.reduce<bigint>((left, value) => left + BigInt(value as number), 0n);
    const range = integerRange({ kind: 'int8' });
    if (range && (total < range.min || total > range.max)) throw failure('outOfRange', { what: 'bigint' });
    return total;
  }
  if (type.kind === 'int8' || type.kind === 'numeric') {
    const zero: Decimal = { kind: 'finite', coefficient: 0n, scale: 0 };
    return printDecimal(
      values.reduce<Decimal>((left, value) => decimalArithmetic('+', left, parseDecimal(String(value))), zero),
    );
  }
  assert(type.kind === 'float4' || type.kind === 'float8', `the reference interpreter cannot sum ${type.kind}`);
  const round = type.kind === 'float4' ? Math.fround : (x: number): number => x;
  return values.reduce<number>((left, value) => round(left + Number(value)), 0);
}

/** The greatest or least; of equal ones that differ (0 and -0, 1.0 and 1.00) the last. */
function extreme(values: readonly Value[], type: DataType, sign: number): Value {
  return values.reduce<Value>(
    (best, value) => (best === null || compareReference(type, value, best) * sign >= 0 ? value : best),
    null,
  );
}

/** string_agg: NULL texts are left out; each delimiter stands before its text. */
function joinTexts(inputs: readonly (readonly Value[])[]): Value {
  const kept = inputs.filter((input) => input[0] !== null);
  if (kept.length === 0) return null;
  return kept.map((input, index) => `${index === 0 ? '' : (input[1] ?? '')}${String(input[0])}`).join('');
}
