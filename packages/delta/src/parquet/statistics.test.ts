import { type DataType, types, type Value, vectorFromValues } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fileStatistics } from './statistics.ts';
import { lowerBound, upperBound } from './text-bounds.ts';

function statsOf(type: DataType, values: readonly Value[]): string {
  const fields = [{ name: 'c', type, nullable: true }];
  return fileStatistics(fields, [vectorFromValues(type, values)], values.length, 32);
}
const boundsOf = (type: DataType, values: readonly Value[]): unknown[] => {
  const { minValues, maxValues } = JSON.parse(statsOf(type, values));
  return [minValues.c, maxValues.c];
};

test('int64 and decimals digit by digit', () => {
  expect(statsOf(types.int8, [9_007_199_254_740_993n, null, -9_223_372_036_854_775_808n])).toBe(
    '{"numRecords":3,"minValues":{"c":-9223372036854775808},"maxValues":{"c":9007199254740993},"nullCount":{"c":1}}',
  );
  expect(
    statsOf({ kind: 'numeric', precision: 38, scale: 18 }, ['12345678901234567890.123456789012345678', '-0.5']),
  ).toBe(
    '{"numRecords":2,"minValues":{"c":-0.500000000000000000},"maxValues":{"c":12345678901234567890.123456789012345678},"nullCount":{"c":0}}',
  );
});

describe('bounds', () => {
  test('dates and timestamps: milliseconds that enclose', () => {
    expect(boundsOf(types.date, [19_782, 0])).toEqual(['1970-01-01', '2024-02-29']);
    expect(boundsOf(types.timestamptz, [1_001n, 2_999n])).toEqual([
      '1970-01-01T00:00:00.001Z',
      '1970-01-01T00:00:00.003Z',
    ]);
    expect(boundsOf(types.timestamp, [-1n, -1n])).toEqual(['1969-12-31T23:59:59.999', '1970-01-01T00:00:00.000']);
  });
  test('none for NaN, infinities and years that others cannot read', () => {
    expect(boundsOf(types.float8, [1, Number.NaN])).toEqual([undefined, undefined]);
    expect(boundsOf(types.float8, [1, Number.POSITIVE_INFINITY])).toEqual([undefined, undefined]);
    expect(boundsOf(types.date, [0, 2_147_483_647])).toEqual([undefined, undefined]);
    expect(boundsOf(types.timestamptz, [0n, 9_223_372_036_854_775_807n])).toEqual([undefined, undefined]);
    expect(boundsOf(types.timestamp, [-9_223_372_036_854_775_808n])).toEqual([undefined, undefined]);
    expect(boundsOf(types.bool, [true])).toEqual([undefined, undefined]);
    expect(boundsOf(types.bytea, [new Uint8Array([1])])).toEqual([undefined, undefined]);
    expect(boundsOf(types.jsonb, ['{}'])).toEqual([undefined, undefined]);
    expect(boundsOf(types.int4, [null, null])).toEqual([undefined, undefined]);
  });
  test('zero has both signs', () => {
    expect(statsOf(types.float8, [0])).toContain('"minValues":{"c":-0.0},"maxValues":{"c":0.0}');
  });
  test('only the first columns', () => {
    const fields = ['a', 'b', 'c'].map((name) => ({ name, type: types.int4, nullable: true }));
    const vectors = fields.map(() => vectorFromValues(types.int4, [1]));
    const keys = (count: number): string[] =>
      Object.keys(JSON.parse(fileStatistics(fields, vectors, 1, count)).nullCount);
    expect([keys(2), keys(0), keys(-1)]).toEqual([['a', 'b'], [], ['a', 'b', 'c']]);
  });
});

test('text is cut so that the bounds stay bounds, by UTF-8 bytes', () => {
  expect(upperBound('a'.repeat(40))).toBe(`${'a'.repeat(32)}\u007f`);
  expect(upperBound(`${'a'.repeat(32)}é`)).toBe(`${'a'.repeat(32)}\u{10ffff}`);
  expect(upperBound(`${'a'.repeat(32)}\u{10ffff}b`)).toBe(`${'a'.repeat(32)}\u{10ffff}\u007f`);
  expect(upperBound('\u{10ffff}'.repeat(80))).toBeNull();
  expect(lowerBound(`${'😀'.repeat(40)}`)).toBe('😀'.repeat(32));
  const text = fc.string({
    unit: fc.constantFrom('a', '~', '\u007f', 'é', '日', '\uffff', '😀', '\u{10ffff}'),
    maxLength: 80,
  });
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (values) => {
      const [min, max] = boundsOf(types.text, values) as [string, string | undefined];
      for (const value of values) {
        expect(Buffer.compare(Buffer.from(min), Buffer.from(value))).toBeLessThanOrEqual(0);
        if (max !== undefined) expect(Buffer.compare(Buffer.from(value), Buffer.from(max))).toBeLessThanOrEqual(0);
      }
      expect(Array.from(min).length).toBeLessThanOrEqual(32);
    }),
  );
});
