import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { constantVector, isNullAt, valuesOf } from './access.ts';
import { countSetBits, filledBitmap, getBit, setBit, sliceBitmap } from './bitmap.ts';
import { createVectorBuilder, vectorFromValues } from './builder.ts';
import { batchByteLength, vectorByteLength } from './byte-length.ts';
import type { BytesVector, ColumnVector } from './column-vector.ts';
import { concatBatches, concatVectors } from './concat.ts';
import { flattenVector } from './flatten.ts';
import { gatherBatch, gatherVector } from './gather.ts';
import { sliceBatch, sliceVector } from './slice.ts';
import { SAMPLE_TYPES, valueArbitrary } from './value-arbitrary.test.ts';

/** A dictionary vector over three words. */
function dictionaryOf(codes: readonly (number | null)[]): ColumnVector {
  const dictionary = vectorFromValues(types.text, ['red', 'grün', '']) as BytesVector;
  const validity = new Uint8Array((codes.length + 7) >> 3);
  codes.forEach((code, i) => {
    if (code !== null) setBit(validity, i);
  });
  return {
    kind: 'dictionary',
    type: types.text,
    length: codes.length,
    validity,
    codes: Int32Array.from(codes, (code) => code ?? 0),
    dictionary,
  };
}

describe.each(SAMPLE_TYPES)('$kind', (type) => {
  const values = fc.array(fc.option(valueArbitrary(type)), { maxLength: 30 });

  it('gathers, slices and concatenates as arrays of values do', () => {
    fc.assert(
      fc.property(values, values, fc.array(fc.nat()), fc.nat(), fc.nat(), (a, b, picks, from, to) => {
        const x = vectorFromValues(type, a);
        const y = vectorFromValues(type, b);
        const all: Value[] = [...valuesOf(x), ...valuesOf(y)];
        const both = concatVectors(type, [x, y]);
        expect(valuesOf(both)).toEqual(all);
        const start = from % (all.length + 1);
        const end = start + (to % (all.length - start + 1));
        const slice = sliceVector(both, start, end);
        expect(valuesOf(slice)).toEqual(all.slice(start, end));
        const indices = Int32Array.from(picks, (pick) => (pick % (end - start + 1)) - 1);
        const gathered = gatherVector(slice, indices);
        expect(valuesOf(gathered)).toEqual([...indices].map((i) => (i < 0 ? null : all[start + i]!)));
        expect(valuesOf(concatVectors(type, [slice, gathered, constantVector(type, a[0] ?? null, 3)]))).toEqual([
          ...valuesOf(slice),
          ...valuesOf(gathered),
          ...new Array<Value>(3).fill(all.length > 0 && a.length > 0 ? valuesOf(x)[0]! : null),
        ]);
        const builder = createVectorBuilder(type);
        for (let i = 0; i < slice.length; i += 1) builder.appendFrom(slice, i);
        const bytes = builder.byteLength;
        const copy = builder.finish();
        expect(valuesOf(copy)).toEqual(valuesOf(slice));
        expect(Math.abs(vectorByteLength(copy) - bytes)).toBeLessThanOrEqual(8);
      }),
      { numRuns: 40 },
    );
  });

  it('repeats a constant', () => {
    fc.assert(
      fc.property(fc.option(valueArbitrary(type)), fc.nat(20), (value, length) => {
        const flat = flattenVector(constantVector(type, value, length));
        expect(flat.kind).not.toBe('constant');
        expect(valuesOf(flat)).toEqual(new Array<Value>(length).fill(value));
      }),
      { numRuns: 15 },
    );
  });
});

describe('dictionaries', () => {
  it('keep their dictionary when gathered, sliced or concatenated with their like', () => {
    const vector = dictionaryOf([0, null, 1, 2, 1]);
    const gathered = gatherVector(vector, Int32Array.of(4, -1, 1, 0));
    expect(gathered.kind).toBe('dictionary');
    expect(valuesOf(gathered)).toEqual(['grün', null, null, 'red']);
    const joined = concatVectors(types.text, [gathered, sliceVector(vector, 3, 5)]);
    expect(joined.kind).toBe('bytes' in joined ? 'bytes' : 'dictionary');
    expect(valuesOf(joined)).toEqual(['grün', null, null, 'red', '', 'grün']);
    expect(valuesOf(concatVectors(types.text, [vector, vectorFromValues(types.text, ['x'])]))).toEqual([
      'red',
      null,
      'grün',
      '',
      'grün',
      'x',
    ]);
    expect(valuesOf(flattenVector(vector))).toEqual(['red', null, 'grün', '', 'grün']);
  });
});

describe('constants', () => {
  it('stay constants unless a NULL is mixed in', () => {
    const vector = constantVector(types.int4, 5, 10);
    expect(gatherVector(vector, Int32Array.of(3, 4))).toEqual(constantVector(types.int4, 5, 2));
    expect(valuesOf(gatherVector(vector, Int32Array.of(3, -1)))).toEqual([5, null]);
    expect(isNullAt(constantVector(types.text, null, 1), 0)).toBe(true);
  });
});

describe('batches', () => {
  it('are gathered, sliced and concatenated column by column', () => {
    const batch = {
      rowCount: 3,
      vectors: [vectorFromValues(types.int4, [1, 2, 3]), vectorFromValues(types.text, ['a', 'b', 'c'])],
    };
    const picked = gatherBatch(batch, Int32Array.of(2, 0, 1), 2);
    const joined = concatBatches([types.int4, types.text], [picked, sliceBatch(batch, 1, 2)]);
    expect(joined.rowCount).toBe(3);
    expect(joined.vectors.map(valuesOf)).toEqual([
      [3, 1, 2],
      ['c', 'a', 'b'],
    ]);
    expect(batchByteLength(batch)).toBe(3 * 4 + 4 * 4 + 3);
  });
});

describe('bitmaps', () => {
  it('count, fill and slice', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 70 }), fc.nat(), (bits, at) => {
        const bitmap = new Uint8Array((bits.length + 7) >> 3);
        bits.forEach((bit, i) => {
          if (bit) setBit(bitmap, i);
        });
        const start = at % (bits.length + 1);
        const slice = sliceBitmap(bitmap, start, bits.length);
        expect(bits.slice(start)).toEqual(bits.slice(start).map((_, i) => getBit(slice, i)));
        expect(countSetBits(bitmap, bits.length)).toBe(bits.filter(Boolean).length);
        expect(countSetBits(filledBitmap(bits.length), bits.length)).toBe(bits.length);
      }),
    );
  });
});
