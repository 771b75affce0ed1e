import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatFloat4, formatFloat8 } from './float-text.ts';

/** What PostgreSQL 15 prints, by type and extra_float_digits: hard cases (ties, ends of rounding intervals, powers of two) and a sample. */
const ANSWERS = JSON.parse(readFileSync(new URL('./postgres-floats.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;

describe.each(Object.entries(ANSWERS))('%s', (name, answers) => {
  it('prints as PostgreSQL does', () => {
    const [type, extraFloatDigits] = name.split(' ');
    const format = type === 'float4' ? formatFloat4 : formatFloat8;
    const got = Object.keys(answers).map((value) => [value, format(Number(value), Number(extraFloatDigits))]);
    expect(Object.fromEntries(got)).toEqual(answers);
  });
});

describe('shortest floats', () => {
  it('read back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), fc.float({ noNaN: true }), (double, float) => {
        expect(Number(formatFloat8(double))).toBe(double);
        expect(Math.fround(Number(formatFloat4(float)))).toBe(float);
      }),
    );
  });
});
