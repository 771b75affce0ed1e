import { compareBytes, compareText } from '../codec/utf8.ts';
import { assert } from '../errors/millrace-error.ts';
import type { DataType } from '../types/data-type.ts';
import { compareIntervals } from '../types/interval.ts';
import { compareJson } from '../types/jsonb-order.ts';
import { compareNumeric, parseNumeric } from '../types/numeric.ts';
import type { Interval, Value } from '../types/value.ts';

type Sign = -1 | 0 | 1;

/** PostgreSQL's order of floats: NaN equals NaN and is greatest, -0 equals 0. */
export function compareFloats(a: number, b: number): Sign {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  const aNan = Number.isNaN(a);
  return aNan === Number.isNaN(b) ? 0 : aNan ? 1 : -1;
}

function comparePlain<T extends number | bigint | boolean>(a: T, b: T): Sign {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** bpchar compares without its trailing blanks. */
export function trimBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 32) end -= 1;
  return end === text.length ? text : text.slice(0, end);
}

function compareArrays(item: DataType, a: readonly Value[], b: readonly Value[]): Sign {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a[i]!;
    const y = b[i]!;
    // Inside arrays NULLs are equal to each other and greater than anything.
    if (x === null || y === null) {
      if (x === y) continue;
      return x === null ? 1 : -1;
    }
    const sign = compareValues(item, x, y);
    if (sign !== 0) return sign;
  }
  return comparePlain(a.length, b.length);
}

/**
 * PostgreSQL's order of two values of one type, neither NULL: text by UTF-8 bytes, NaN greatest, intervals by their length with a
 * month of 30 days, arrays element by element, jsonb by its btree order. json has no order in PostgreSQL; here it goes by bytes.
 */
export function compareValues(type: DataType, a: Value, b: Value): Sign {
  assert(a !== null && b !== null, 'compareValues takes no NULL');
  switch (type.kind) {
    case 'bool':
      return comparePlain(a as boolean, b as boolean);
    case 'int2':
    case 'int4':
    case 'oid':
    case 'regclass':
    case 'regtype':
    case 'regproc':
    case 'regnamespace':
    case 'date':
      return comparePlain(a as number, b as number);
    case 'int8':
    case 'timestamp':
    case 'timestamptz':
      return comparePlain(a as bigint, b as bigint);
    case 'float4':
    case 'float8':
      return compareFloats(a as number, b as number);
    case 'numeric':
      return a === b ? 0 : compareNumeric(parseNumeric(a as string), parseNumeric(b as string));
    case 'bpchar':
      return compareText(trimBlanks(a as string), trimBlanks(b as string));
    case 'bytea':
      return compareBytes(a as Uint8Array, 0, (a as Uint8Array).length, b as Uint8Array, 0, (b as Uint8Array).length);
    case 'interval':
      return compareIntervals(a as Interval, b as Interval);
    case 'jsonb':
      return compareJson(a as string, b as string);
    case 'array':
      return compareArrays(type.item, a as readonly Value[], b as readonly Value[]);
    case 'text':
    case 'varchar':
    case 'name':
    case 'char':
    case 'uuid':
    case 'json':
    case 'unknown':
    case 'void':
      return compareText(a as string, b as string);
    default:
      return type satisfies never;
  }
}

/** Whether two non-null values of one type are equal in PostgreSQL's sense (1.0 = 1.00, NaN = NaN, `1 mon` = `30 days`). */
export function valuesEqual(type: DataType, a: Value, b: Value): boolean {
  return compareValues(type, a, b) === 0;
}
