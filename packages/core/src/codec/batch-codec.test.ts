import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { constantVector, valuesOf } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { sliceVector } from '../vector/slice.ts';
import { SAMPLE_TYPES, valueArbitrary } from '../vector/value-arbitrary.test.ts';
import { decodeBatch } from './batch-decode.ts';
import { encodeBatch } from './batch-encode.ts';

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(chunks));
}

function roundTrip(vectors: readonly ColumnVector[], rowCount: number): Value[][] {
  const columnTypes = vectors.map((vector) => vector.type);
  return decodeBatch(joined(encodeBatch({ rowCount, vectors }, columnTypes)), columnTypes).vectors.map(valuesOf);
}

describe('batch codec', () => {
  it.each(SAMPLE_TYPES)('gives every value back: $kind', (type) => {
    fc.assert(
      fc.property(fc.array(fc.option(valueArbitrary(type)), { maxLength: 40 }), (values) => {
        const vector = vectorFromValues(type, values);
        expect(roundTrip([vector], values.length)).toEqual([valuesOf(vector)]);
      }),
      { numRuns: 30 },
    );
  });

  it('gives slices, constants and large buffers back', () => {
    const text = vectorFromValues(
      types.text,
      Array.from({ length: 3000 }, (_, i) => (i % 7 === 0 ? null : `row ${i}`)),
    );
    const slice = sliceVector(text, 13, 2500);
    const constant = constantVector(types.int8, 2n ** 53n + 1n, slice.length);
    const nulls = constantVector(arrayOf(types.text), null, slice.length);
    expect(roundTrip([slice, constant, nulls], slice.length)).toEqual([slice, constant, nulls].map(valuesOf));
  });

  it('does not copy large buffers', () => {
    const vector = vectorFromValues(types.float8, new Array<number>(1000).fill(1.5));
    const chunks = encodeBatch({ rowCount: 1000, vectors: [vector] }, [types.float8]);
    expect(chunks.some((chunk) => vector.kind === 'fixed' && chunk.buffer === vector.values.buffer)).toBe(true);
  });

  it('refuses every truncation and every trailing byte with XX001', () => {
    const columnTypes: DataType[] = [types.text, arrayOf(types.int4), types.bool];
    const vectors = [
      vectorFromValues(types.text, ['a', null, 'ccc']),
      vectorFromValues(columnTypes[1]!, [[1, null], [], null]),
      vectorFromValues(types.bool, [true, false, null]),
    ];
    const bytes = joined(encodeBatch({ rowCount: 3, vectors }, columnTypes));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeBatch(bytes.subarray(0, length), columnTypes)).toThrow(
        expect.objectContaining({ sqlstate: 'XX001' }),
      );
    }
    const longer = new Uint8Array([...bytes, 0]);
    expect(() => decodeBatch(longer, columnTypes)).toThrow(expect.objectContaining({ sqlstate: 'XX001' }));
  });

  it('survives any damage: a batch of the right shape or XX001, nothing else', () => {
    const columnTypes: DataType[] = [types.text, arrayOf(types.text), types.int8];
    const vectors = [
      vectorFromValues(types.text, ['a', null, 'ccc']),
      vectorFromValues(columnTypes[1]!, [['x', null], [], null]),
      vectorFromValues(types.int8, [1n, 2n, null]),
    ];
    const bytes = joined(encodeBatch({ rowCount: 3, vectors }, columnTypes));
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      for (const flip of [1, 0x80, 0xff]) {
        const hurt = bytes.slice();
        hurt[at]! ^= flip;
        try {
          const batch = decodeBatch(hurt, columnTypes);
          expect(batch.vectors).toHaveLength(3);
        } catch (error) {
          expect(error).toMatchObject({ sqlstate: 'XX001' });
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(20);
  });
});
