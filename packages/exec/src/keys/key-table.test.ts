import {
  type BytesVector,
  type ColumnVector,
  compareValues,
  concatVectors,
  constantVector,
  type DataType,
  setBit,
  types,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyTable } from './create-key-table.ts';
import { NO_KEY } from './key-table.ts';

const DOMAINS: readonly { type: DataType; values: readonly Value[] }[] = [
  { type: types.int2, values: [0, 1, -1, 32767] },
  { type: types.int4, values: [0, 1, -1, 2147483647, -2147483648] },
  { type: types.oid, values: [0, 1, 4294967295] },
  { type: types.date, values: [0, 2147483647] },
  { type: types.int8, values: [0n, -1n, 4294967296n, 1n] },
  { type: types.float4, values: [0, -0, Number.NaN] },
  { type: types.float8, values: [0, -0, Number.NaN, Number.POSITIVE_INFINITY] },
  { type: types.bool, values: [true, false] },
  { type: types.text, values: ['', 'a', 'aa', 'ü', 'a '] },
  { type: { kind: 'bpchar', length: 4 }, values: ['a', 'a   ', 'ab'] },
  { type: types.bytea, values: [Uint8Array.of(), Uint8Array.of(0), Uint8Array.of(0, 0)] },
  { type: types.uuid, values: ['00000000-0000-4000-8000-000000000000', '00000000-0000-4000-8000-0000000000ff'] },
  { type: types.numeric, values: ['1', '1.0', '10', '100', '0.10', 'NaN', '-Infinity'] },
  {
    type: { kind: 'numeric', precision: 38, scale: 3 },
    values: ['1.000', '-1.000', '99999999999999999999999999999999999.999'],
  },
  {
    type: types.interval,
    values: [
      { months: 1, days: 0, micros: 0n },
      { months: 0, days: 30, micros: 0n },
      { months: 0, days: 29, micros: 86_400_000_000n },
      { months: 0, days: 0, micros: -1n },
    ],
  },
  { type: types.jsonb, values: ['{"a": 1.0}', '{"a": 1.00}', '"1.0"', '"1.00"', '1', '[1, 2]'] },
  { type: { kind: 'array', item: types.text }, values: [[], [null], ['n'], ['a', 'b'], ['ab']] },
  { type: { kind: 'array', item: types.float8 }, values: [[0], [-0], [Number.NaN]] },
];

/** The same values as a dictionary; every value in it twice, to see codes that mean the same. */
function dictionaryOf(type: DataType, values: readonly Value[]): ColumnVector {
  const present = [...new Set(values.filter((value) => value !== null))];
  const dictionary = vectorFromValues(type, [...present, ...present]) as BytesVector;
  const validity = new Uint8Array((values.length + 7) >> 3);
  const codes = new Int32Array(values.length);
  values.forEach((value, i) => {
    if (value === null) return;
    setBit(validity, i);
    codes[i] = present.indexOf(value) + (i % 2) * present.length;
  });
  return { kind: 'dictionary', type, length: values.length, validity, codes, dictionary };
}

type Form = 'plain' | 'dictionary' | 'constant';

function vectorOf(type: DataType, values: readonly Value[], form: Form): ColumnVector {
  const [first = null] = values;
  if (form === 'constant' && values.every((value) => Object.is(value, first)))
    return constantVector(type, first, values.length);
  const plain = vectorFromValues(type, values);
  const isText = plain.kind === 'bytes' && type.kind !== 'bytea';
  return form === 'dictionary' && isText && values.length > 0 ? dictionaryOf(type, values) : plain;
}

const equal = (type: DataType, x: Value, y: Value, nullsMatch: boolean): boolean =>
  x === null || y === null ? nullsMatch && x === y : compareValues(type, x, y) === 0;

const scenario = fc
  .array(fc.record({ domain: fc.constantFrom(...DOMAINS), nullsMatch: fc.boolean() }), { minLength: 1, maxLength: 3 })
  .chain((specs) => {
    const row = fc.tuple(...specs.map(({ domain }) => fc.option(fc.constantFrom(...domain.values), { freq: 4 })));
    const batch = fc.record({
      rows: fc.array(row, { maxLength: 12 }),
      form: fc.constantFrom<Form>('plain', 'dictionary', 'constant'),
    });
    return fc.record({ specs: fc.constant(specs), batches: fc.array(batch, { maxLength: 3 }), probe: batch });
  });

describe('key table', () => {
  it('numbers keys by first appearance and finds them again, whatever form the vectors have', () => {
    fc.assert(
      fc.property(scenario, ({ specs, batches, probe }) => {
        const table = createKeyTable(specs.map(({ domain, nullsMatch }) => ({ type: domain.type, nullsMatch })));
        const known: Value[][] = [];
        const idOf = (row: readonly Value[]): number =>
          known.findIndex((key) =>
            specs.every(({ domain, nullsMatch }, k) =>
              equal(domain.type, key[k] as Value, row[k] as Value, nullsMatch),
            ),
          );
        const hasKey = (row: readonly Value[]): boolean =>
          specs.every(({ nullsMatch }, k) => nullsMatch || row[k] !== null);
        const vectorsOf = (rows: readonly Value[][], form: Form): ColumnVector[] =>
          specs.map(({ domain }, k) =>
            vectorOf(
              domain.type,
              rows.map((row) => row[k] as Value),
              form,
            ),
          );
        for (const { rows, form } of batches) {
          if (rows.length === 0) continue;
          const added: number[] = [];
          const expected = rows.map((row, i) => {
            if (!hasKey(row)) return NO_KEY;
            if (idOf(row) < 0) added.push(known.push(row) && i);
            return idOf(row);
          });
          const ids = new Int32Array(rows.length);
          expect([...table.insert(vectorsOf(rows, form), rows.length, ids)]).toEqual(added);
          expect([...ids]).toEqual(expected);
          expect(table.size).toBe(known.length);
        }
        if (probe.rows.length === 0) return;
        const found = new Int32Array(probe.rows.length);
        table.find(vectorsOf(probe.rows, probe.form), probe.rows.length, found);
        expect([...found]).toEqual(probe.rows.map((row) => (hasKey(row) ? idOf(row) : NO_KEY)));
      }),
      { numRuns: 800 },
    );
  });

  it('grows, and accounts for what it holds', () => {
    for (const [type, make] of [
      [types.int4, (i: number): Value => i * 64],
      [types.int8, (i: number): Value => BigInt(i) << 32n],
      [types.text, (i: number): Value => `key ${i}`],
    ] as const) {
      const table = createKeyTable([{ type, nullsMatch: true }]);
      const before = table.byteLength;
      const values = Array.from({ length: 3000 }, (_, i) => make(i));
      const vector = concatVectors(type, [vectorFromValues(type, values), vectorFromValues(type, [null])]);
      const ids = new Int32Array(3001);
      expect(table.insert([vector], 3001, ids)).toHaveLength(3001);
      expect([...ids]).toEqual(Array.from({ length: 3001 }, (_, i) => i));
      expect(table.byteLength).toBeGreaterThan(before + 3001 * 8);
    }
  });
});
