import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { types } from '../types/data-type.ts';
import { valueAt, valuesOf } from '../vector/access.ts';
import { createVectorBuilder, vectorFromValues } from '../vector/builder.ts';
import { compareValues } from '../vector/compare.ts';
import { SAMPLE_TYPES, valueArbitrary } from '../vector/value-arbitrary.test.ts';
import { valueFromBinary } from './binary-input.ts';
import { ByteWriter } from './byte-writer.ts';
import { DEFAULT_FORMAT } from './default-format.ts';
import { encodeBinary } from './encode-binary.ts';
import { encodeText } from './encode-text.ts';
import { formatFloat4 } from './float-text.ts';
import { valueFromText } from './value-from-text.ts';
import { valueToText } from './value-to-text.ts';

const ZONES = ['UTC', 'America/New_York', 'Asia/Kathmandu', '<+03>-03'];

it('reads the most negative number of an interval’s field', () => {
  const days = { months: 0, days: -2_147_483_648, micros: 0n };
  expect(valueFromText(types.interval, valueToText(types.interval, days, DEFAULT_FORMAT), DEFAULT_FORMAT)).toEqual(
    days,
  );
  expect(() => valueFromText(types.interval, '2147483648 days', DEFAULT_FORMAT)).toThrow(/out of range/);
});

describe.each(SAMPLE_TYPES)('$kind', (type) => {
  const value = valueArbitrary(type);

  it('survives text, printed from the vector as from the value', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(...ZONES), (v, timeZone) => {
        const format = { ...DEFAULT_FORMAT, timeZone };
        const text = valueToText(type, v, format);
        expect(valueFromText(type, text, format)).toEqual(v);
        const out = new ByteWriter();
        encodeText(vectorFromValues(type, [v]), 0, format, out);
        expect(new TextDecoder().decode(out.view())).toBe(text);
        const builder = createVectorBuilder(type);
        builder.appendText(out.view(), 0, out.length, format);
        expect(valueAt(builder.finish(), 0)).toEqual(v);
      }),
      { numRuns: 60 },
    );
  });

  it('survives binary, from the vector as from the value', () => {
    fc.assert(
      fc.property(value, (v) => {
        const out = new ByteWriter();
        encodeBinary(vectorFromValues(type, [v]), 0, out);
        expect(valueFromBinary(type, out.view())).toEqual(v);
        const builder = createVectorBuilder(type);
        builder.appendBinary(out.view(), 0, out.length);
        expect(valueAt(builder.finish(), 0)).toEqual(v);
      }),
      { numRuns: 60 },
    );
  });

  it('equals itself and orders one way', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        expect(compareValues(type, a, a)).toBe(0);
        expect(compareValues(type, a, b) + compareValues(type, b, a)).toBe(0);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses binary of a wrong length with an error of the table', () => {
    fc.assert(
      fc.property(value, fc.nat(30), (v, cut) => {
        const out = new ByteWriter();
        encodeBinary(vectorFromValues(type, [v]), 0, out);
        const bytes = out.view().subarray(0, Math.min(cut, out.length - 1));
        try {
          valueFromBinary(type, bytes);
        } catch (error) {
          expect(error).toHaveProperty('sqlstate');
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe('builders', () => {
  it('stay as they were when an append fails', () => {
    const builder = createVectorBuilder({ kind: 'array', item: { kind: 'numeric', precision: 3, scale: 0 } });
    builder.appendValue(['1', null]);
    expect(() => builder.appendValue(['2', '12345'])).toThrow(expect.objectContaining({ sqlstate: '22003' }));
    builder.appendValue(['7']);
    expect(valuesOf(builder.finish())).toEqual([['1', null], ['7']]);
    expect(builder.length).toBe(0);
  });

  it('take back rows', () => {
    const builder = createVectorBuilder(types.text, { allocate: (bytes) => new SharedArrayBuffer(bytes) });
    for (const text of ['a', null, 'bb']) builder.appendValue(text);
    builder.truncate(1);
    builder.appendNull();
    builder.appendValue('z');
    const vector = builder.finish();
    expect(valuesOf(vector)).toEqual(['a', null, 'z']);
    expect(vector.kind === 'bytes' && vector.data.buffer instanceof SharedArrayBuffer).toBe(true);
  });

  it('refuse text that is not UTF-8, and NUL', () => {
    const builder = createVectorBuilder(types.text);
    const append = (...bytes: number[]): void =>
      builder.appendText(new Uint8Array(bytes), 0, bytes.length, DEFAULT_FORMAT);
    expect(() => append(0x61, 0xff)).toThrow('invalid byte sequence for encoding "UTF8": 0xff');
    expect(() => append(0xc0, 0x80)).toThrow('invalid byte sequence for encoding "UTF8": 0xc0 0x80');
    expect(() => append(0xed, 0xa0, 0x80)).toThrow(expect.objectContaining({ sqlstate: '22021' }));
    expect(() => append(0xe2, 0x82)).toThrow(expect.objectContaining({ sqlstate: '22021' }));
    expect(() => append(0)).toThrow('invalid byte sequence for encoding "UTF8": 0x00');
    append(0xf0, 0x9f, 0x98, 0x80);
    expect(valuesOf(builder.finish())).toEqual(['😀']);
  });
});

describe('float4', () => {
  it('prints powers of two in the fewest digits that read back', () => {
    for (let exponent = -149; exponent < 128; exponent += 1) {
      const value = 2 ** exponent;
      expect(Math.fround(Number(formatFloat4(value)))).toBe(value);
    }
    expect([2 ** -149, 2 ** -126, 2 ** -100, 2 ** 100].map((v) => formatFloat4(v))).toEqual([
      '1e-45',
      '1.1754944e-38',
      '7.888609e-31',
      '1.2676506e+30',
    ]);
  });
});
