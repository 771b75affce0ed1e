import { compareBytes, utf8Bytes } from '../codec/utf8.ts';
import { type DataType, isTextLike, layoutOf, sameType } from '../types/data-type.ts';
import { isNullAt, valueAt } from '../vector/access.ts';
import type { BytesVector, ColumnVector, DictionaryVector, Fixed16Vector } from '../vector/column-vector.ts';
import { compareValues } from '../vector/compare.ts';
import { gatherVector } from '../vector/gather.ts';
import { orderDecimalConstant, orderDecimals } from './order-decimal.ts';
import { orderFixed, orderFixedConstant } from './order-fixed.ts';

/** How two columns compare, row by row: -1, 0, 1, or UNORDERED where a side is NULL. */
export type Order = Int8Array;
export const UNORDERED = 2;

/**
 * Compares two columns of one comparable family in PostgreSQL's default order of their type. One tight loop per layout; types without one
 * (numeric of several scales, arrays, jsonb, interval ...) go value by value.
 */
export function orderVectors(left: ColumnVector, right: ColumnVector, rowCount: number): Order {
  if (left.kind === 'constant' && right.kind === 'constant') return orderConstants(left, right, rowCount);
  if (right.kind === 'constant') return orderConstant(left, right, rowCount);
  if (left.kind === 'constant') return negated(orderConstant(right, left, rowCount));
  const order = new Int8Array(rowCount);
  markNulls(order, left);
  markNulls(order, right);
  const a = left.kind === 'dictionary' ? gatherVector(left.dictionary, left.codes) : left;
  const b = right.kind === 'dictionary' ? gatherVector(right.dictionary, right.codes) : right;
  if (a.kind === 'fixed' && b.kind === 'fixed') orderFixed(a, b, order);
  else if (isDecimal(a) && isDecimal(b)) orderDecimals(a, b, order);
  else if (a.kind === 'bytes' && b.kind === 'bytes' && comparesByBytes(a.type) && comparesByBytes(b.type)) {
    orderBytes(a, b, order);
  } else orderValues(left, right, order);
  return order;
}

function orderConstants(left: ColumnVector, right: ColumnVector, rowCount: number): Order {
  const a = valueAt(left, 0);
  const b = valueAt(right, 0);
  const type = commonType(left.type, right.type);
  return new Int8Array(rowCount).fill(a === null || b === null ? UNORDERED : compareValues(type, a, b));
}

function orderConstant(left: ColumnVector, right: ColumnVector & { kind: 'constant' }, rowCount: number): Order {
  const { value } = right;
  const order = new Int8Array(rowCount);
  if (value === null) return order.fill(UNORDERED);
  if (left.kind === 'dictionary') return orderDictionary(left, right, order);
  markNulls(order, left);
  if (left.kind === 'fixed' && (typeof value === 'number' || typeof value === 'bigint')) {
    orderFixedConstant(left, value, order);
  } else if (isDecimal(left) && typeof value === 'string') {
    orderDecimalConstant(left, value, order);
  } else if (left.kind === 'bytes' && comparesByBytes(left.type) && comparesByBytes(right.type)) {
    orderBytesConstant(left, typeof value === 'string' ? utf8Bytes(value) : (value as Uint8Array), order);
  } else orderValues(left, right, order);
  return order;
}

/** Each dictionary value is compared once. */
function orderDictionary(left: DictionaryVector, right: ColumnVector & { kind: 'constant' }, order: Order): Order {
  const { dictionary, codes } = left;
  const byCode = orderConstant(dictionary, { ...right, length: dictionary.length }, dictionary.length);
  for (let i = 0; i < order.length; i++) order[i] = byCode[codes[i]!] ?? UNORDERED;
  markNulls(order, left);
  return order;
}

function isDecimal(vector: ColumnVector): vector is Fixed16Vector {
  return vector.kind === 'fixed16' && vector.type.kind === 'numeric';
}

function comparesByBytes(type: DataType): boolean {
  return (isTextLike(type) && type.kind !== 'bpchar') || type.kind === 'bytea' || type.kind === 'unknown';
}

function orderBytes(a: BytesVector, b: BytesVector, order: Order): void {
  for (let i = 0; i < order.length; i++) {
    if (order[i] === UNORDERED) continue;
    order[i] = compareBytes(a.data, a.offsets[i]!, a.offsets[i + 1]!, b.data, b.offsets[i]!, b.offsets[i + 1]!);
  }
}

function orderBytesConstant(a: BytesVector, constant: Uint8Array, order: Order): void {
  for (let i = 0; i < order.length; i++) {
    if (order[i] === UNORDERED) continue;
    order[i] = compareBytes(a.data, a.offsets[i]!, a.offsets[i + 1]!, constant, 0, constant.length);
  }
}

function orderValues(left: ColumnVector, right: ColumnVector, order: Order): void {
  const type = commonType(left.type, right.type);
  for (let i = 0; i < order.length; i++) {
    if (order[i] !== UNORDERED) order[i] = compareValues(type, valueAt(left, i), valueAt(right, i));
  }
}

/** The type to compare by: bpchar only against bpchar, numeric without its scale. */
function commonType(a: DataType, b: DataType): DataType {
  if (sameType(a, b) || layoutOf(a) !== 'bytes') return a;
  return a.kind === 'bpchar' && b.kind !== 'bpchar' ? b : a;
}

function markNulls(order: Order, vector: ColumnVector): void {
  if (vector.kind === 'constant' || vector.validity === null) return;
  for (let i = 0; i < order.length; i++) if (isNullAt(vector, i)) order[i] = UNORDERED;
}

function negated(order: Order): Order {
  for (let i = 0; i < order.length; i++) if (order[i] !== UNORDERED) order[i] = -order[i]!;
  return order;
}
