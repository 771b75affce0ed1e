import {
  Field as ArrowField,
  RecordBatch as ArrowRecordBatch,
  Schema as ArrowSchema,
  Decimal,
  Dictionary,
  Int8,
  LargeUtf8,
  makeData,
  Struct,
  TimestampNanosecond,
  tableFromIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { constantVector, valuesOf } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import { sliceVector } from '../vector/slice.ts';
import { SAMPLE_TYPES, valueArbitrary } from '../vector/value-arbitrary.test.ts';
import { fromArrowBatch, fromArrowData } from './from-arrow.ts';
import { decodeIpcStream, encodeIpcStream } from './ipc-stream.ts';
import { toArrowBatch, toArrowData, toArrowTable } from './to-arrow.ts';

const field = (name: string, type: DataType) => ({ name, type, nullable: true });

/** Intervals beyond 292 years of time do not fit into nanoseconds. */
function fits(value: Value): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    !('micros' in value) ||
    (value.micros < 2n ** 53n && value.micros > -(2n ** 53n))
  );
}

describe('Arrow', () => {
  it.each(SAMPLE_TYPES)('gives every value back through IPC, types included: $kind', async (type) => {
    const property = fc.asyncProperty(
      fc.array(fc.option(valueArbitrary(type).filter(fits)), { maxLength: 20 }),
      async (values) => {
        const vector = vectorFromValues(type, values);
        const bytes = await encodeIpcStream([{ rowCount: values.length, vectors: [vector] }], [field('a', type)]);
        const { fields, batches } = decodeIpcStream(bytes);
        expect(fields).toEqual([field('a', type)]);
        expect(batches.flatMap((batch) => valuesOf(batch.vectors[0]!))).toEqual(valuesOf(vector));
      },
    );
    await fc.assert(property, { numRuns: 15 });
  });

  it('shares memory where the layouts agree', () => {
    const text = vectorFromValues(types.text, ['a', null, 'ccc']);
    const float = vectorFromValues(types.float8, [1.5, null, 2]);
    const uuid = vectorFromValues(types.uuid, ['a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11']);
    const decimal = vectorFromValues({ kind: 'numeric', precision: 9, scale: 2 }, ['12.30']);
    for (const vector of [text, float, uuid, decimal]) {
      const data = toArrowData(vector);
      const own =
        vector.kind === 'bytes'
          ? vector.data
          : vector.kind === 'fixed' || vector.kind === 'fixed16'
            ? vector.values
            : null;
      expect((data.values as Uint8Array).buffer).toBe(own?.buffer);
      const back = fromArrowData(data, vector.type);
      expect(valuesOf(back)).toEqual(valuesOf(vector));
      expect(
        (back.kind === 'bytes' ? back.data : back.kind === 'fixed' || back.kind === 'fixed16' ? back.values : null)
          ?.buffer,
      ).toBe(own?.buffer);
    }
  });

  it('writes the same column twice and overlapping slices undamaged', async () => {
    const numbers = vectorFromValues(
      types.int8,
      Array.from({ length: 100 }, (_, i) => BigInt(i) * 3n),
    );
    const vectors = [numbers, numbers, sliceVector(numbers, 0, 100)];
    const bytes = await encodeIpcStream(
      [
        { rowCount: 100, vectors },
        { rowCount: 40, vectors: [0, 10, 20].map((k) => sliceVector(numbers, k, k + 40)) },
      ],
      ['a', 'b', 'c'].map((name) => field(name, types.int8)),
    );
    const { batches } = decodeIpcStream(bytes);
    expect(batches.map((batch) => batch.vectors.map(valuesOf))).toEqual([
      [valuesOf(numbers), valuesOf(numbers), valuesOf(numbers)],
      [0, 10, 20].map((k) => valuesOf(numbers).slice(k, k + 40)),
    ]);
    const table = tableFromIPC(bytes);
    expect(table.getChild('c')!.get(139)).toBe(177n);
  });

  it('gives users values they expect', () => {
    const fields = [
      field('n', types.int4),
      field('s', types.text),
      field('t', types.timestamptz),
      field('c', types.bool),
    ];
    const vectors = [
      vectorFromValues(types.int4, [1, null]),
      vectorFromValues(types.text, ['x', 'ÿ']),
      vectorFromValues(types.timestamptz, [1_700_000_000_000_000n, null]),
      constantVector(types.bool, true, 2),
    ];
    const table = toArrowTable([{ rowCount: 2, vectors }], fields);
    expect(table.toArray().map((row) => row.toJSON())).toEqual([
      { n: 1, s: 'x', t: 1_700_000_000_000, c: true },
      { n: null, s: 'ÿ', t: null, c: true },
    ]);
    expect(toArrowBatch({ rowCount: 2, vectors }, fields).schema.fields.map((f) => String(f.type))).toEqual([
      'Int32',
      'Utf8',
      'Timestamp<MICROSECOND, UTC>',
      'Bool',
    ]);
  });

  it('reads slices of Arrow data', () => {
    const batch = toArrowBatch(
      {
        rowCount: 20,
        vectors: [
          vectorFromValues(
            types.bool,
            Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? null : i % 2 === 0)),
          ),
        ],
      },
      [field('b', types.bool)],
    );
    const slice = batch.slice(5, 17);
    expect(valuesOf(fromArrowBatch(slice).vectors[0]!)).toEqual(
      Array.from({ length: 12 }, (_, k) => ((k + 5) % 3 === 0 ? null : (k + 5) % 2 === 0)),
    );
  });

  it('reads what other engines write: dictionaries, large text, nanoseconds, other decimals, narrower integers', () => {
    const dictionary = vectorFromArray(['a', 'b', null, 'a'], new Dictionary(new Utf8(), new Int8())).data[0]!;
    expect(valuesOf(fromArrowData(dictionary, types.text))).toEqual(['a', 'b', null, 'a']);
    expect(fromArrowData(dictionary, types.text).kind).toBe('dictionary');
    const large = vectorFromArray(['12', null, '7'], new LargeUtf8()).data[0]!;
    expect(valuesOf(fromArrowData(large, types.int4))).toEqual([12, null, 7]);
    const nanos = makeData({ type: new TimestampNanosecond('UTC'), data: new BigInt64Array([1999n, -1n]) });
    expect(valuesOf(fromArrowData(nanos, types.timestamptz))).toEqual([1n, -1n]);
    const decimal = makeData({ type: new Decimal(3, 10, 128), data: new Uint32Array([12_345, 0, 0, 0]) });
    expect(valuesOf(fromArrowData(decimal, { kind: 'numeric', precision: 9, scale: 2 }))).toEqual(['12.35']);
    const bytes = makeData({ type: new Int8(), data: new Int8Array([-3, 100]) });
    expect(valuesOf(fromArrowData(bytes, types.int8))).toEqual([-3n, 100n]);
  });

  it('refuses what it cannot read', () => {
    const type = new Struct([new ArrowField('x', new Int8())]);
    const schema = new ArrowSchema([new ArrowField('s', type)]);
    const data = makeData({
      type,
      length: 1,
      nullCount: 0,
      children: [makeData({ type: new Int8(), data: new Int8Array([1]) })],
    });
    const batch = new ArrowRecordBatch(
      schema,
      makeData({ type: new Struct(schema.fields), length: 1, nullCount: 0, children: [data] }),
    );
    expect(() => fromArrowBatch(batch)).toThrow(expect.objectContaining({ sqlstate: '0A000' }));
    expect(() => fromArrowData(data, types.text)).toThrow(expect.objectContaining({ sqlstate: '0A000' }));
    expect(() => toArrowData(vectorFromValues(types.interval, [{ months: 0, days: 0, micros: 2n ** 62n }]))).toThrow(
      expect.objectContaining({ sqlstate: '22008' }),
    );
  });
});
