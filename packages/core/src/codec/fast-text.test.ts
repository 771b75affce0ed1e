import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataType, types } from '../types/data-type.ts';
import { valueAt } from '../vector/access.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import { DEFAULT_FORMAT } from './default-format.ts';
import { fastReaderFor } from './fast-text.ts';
import { utf8Bytes } from './utf8.ts';
import { valueFromText } from './value-from-text.ts';

/** Whatever a fast reader accepts must be exactly what the full reader gives; text is made from the characters that matter. */
function agrees(type: DataType, text: string): void {
  const bytes = utf8Bytes(text);
  const builder = createVectorBuilder(type);
  let slow: unknown;
  try {
    slow = valueFromText(type, text);
  } catch (error) {
    slow = (error as Error).message;
  }
  let fast: unknown;
  try {
    builder.appendText(bytes, 0, bytes.length, DEFAULT_FORMAT);
    fast = valueAt(builder.finish(), 0);
  } catch (error) {
    fast = (error as Error).message;
  }
  expect(fast).toEqual(slow);
}

const DIGITS = fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 18 });
const NUMBER = fc
  .tuple(
    fc.constantFrom('', '-', '+'),
    DIGITS,
    fc.constantFrom('', '.'),
    DIGITS,
    fc.constantFrom('', 'e5', 'E-7', 'e+22', 'e23', 'e'),
  )
  .map((parts) => parts.join(''));
const TWO = fc.nat(70).map((n) => String(n).padStart(2, '0'));
const MOMENT = fc
  .tuple(
    fc.integer({ min: 0, max: 12_000 }),
    TWO,
    TWO,
    fc.constantFrom(' ', 'T'),
    TWO,
    TWO,
    TWO,
    fc.constantFrom('', '.5', '.123456', '.1234567', '.'),
    fc.constantFrom('', 'Z', '+02', '-05:30', '+0530', '+1'),
  )
  .map(([y, m, d, t, h, i, s, f, z]) => `${String(y).padStart(4, '0')}-${m}-${d}${t}${h}:${i}:${s}${f}${z}`);

describe('fast text readers agree with the full ones', () => {
  it.each([
    types.int2,
    types.int4,
    types.int8,
    types.oid,
    types.float4,
    types.float8,
    types.numeric,
    { kind: 'numeric', precision: 12, scale: 3 } as const,
  ])('$kind', (type) => {
    fc.assert(
      fc.property(NUMBER, (text) => agrees(type, text)),
      { numRuns: 400 },
    );
  });

  it.each([types.timestamp, types.timestamptz, types.date])('$kind', (type) => {
    fc.assert(
      fc.property(MOMENT, (text) => agrees(type, type.kind === 'date' ? text.slice(0, 10) : text)),
      { numRuns: 400 },
    );
  });

  it('take the everyday forms, which is what they are for', () => {
    const reads = (type: DataType, text: string): boolean => {
      const bytes = utf8Bytes(text);
      return !Number.isNaN(fastReaderFor(type)(bytes, 0, bytes.length, DEFAULT_FORMAT));
    };
    expect(reads(types.int8, '1700000000000')).toBe(true);
    expect(reads(types.float8, '-12.3456789')).toBe(true);
    expect(reads(types.timestamptz, '2024-02-29T12:34:56.789Z')).toBe(true);
    expect(reads(types.timestamptz, '2024-02-29 12:34:56.789+01')).toBe(true);
    expect(reads(types.date, '2024-02-29')).toBe(true);
    expect(reads(types.bool, 'true')).toBe(true);
  });
});
