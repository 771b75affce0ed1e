import type { DataType, Interval, Value } from '@millrace/core';
import { compareDecimals, parseDecimal } from './decimal.ts';
import { spanOf } from './intervals.ts';
import { compareJson, parseJson } from './json.ts';

const encoder = new TextEncoder();

/**
 * PostgreSQL's total order of two non-null values of one type: NaN equals NaN and is greatest, -0 equals 0, text by UTF-8 bytes, numeric by value,
 * intervals by their length, char(n) without the spaces behind it.
 */
export function compareReference(type: DataType, a: Value, b: Value): number {
  switch (type.kind) {
    case 'float4':
    case 'float8':
      return compareFloats(Number(a), Number(b));
    case 'numeric':
      return compareDecimals(parseDecimal(String(a)), parseDecimal(String(b)));
    case 'bpchar':
      return compareBytes(encoder.encode(trimBlanks(a)), encoder.encode(trimBlanks(b)));
    case 'interval':
      return comparePlain(spanOf(a as Interval), spanOf(b as Interval));
    case 'jsonb':
      return compareJson(parseJson(String(a)), parseJson(String(b)));
    case 'text':
    case 'varchar':
    case 'name':
    case 'char':
    case 'unknown':
      return compareBytes(encoder.encode(String(a)), encoder.encode(String(b)));
    case 'bytea':
      return compareBytes(a as Uint8Array, b as Uint8Array);
    case 'uuid':
      return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
    case 'array':
      return compareArrays(type.item, a as readonly Value[], b as readonly Value[]);
    default:
      return comparePlain(a, b);
  }
}

function trimBlanks(value: Value): string {
  return String(value).replace(/ +$/, '');
}

function comparePlain(a: Value, b: Value): number {
  const left = typeof a === 'boolean' ? Number(a) : (a as number | bigint);
  const right = typeof b === 'boolean' ? Number(b) : (b as number | bigint);
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareFloats(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : 1;
  if (Number.isNaN(b)) return -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return Math.sign(a.length - b.length);
}

/** NULL elements compare equal to each other and after everything else, inside arrays only. */
function compareArrays(item: DataType, a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [left, right] = [a[i] ?? null, b[i] ?? null];
    if (left === null || right === null) {
      if (left === right) continue;
      return left === null ? 1 : -1;
    }
    const result = compareReference(item, left, right);
    if (result !== 0) return result;
  }
  return Math.sign(a.length - b.length);
}

/** Grouping and DISTINCT: NULLs are equal, everything else as `compareReference` says. */
export function isSameValue(type: DataType, a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  return compareReference(type, a, b) === 0;
}
