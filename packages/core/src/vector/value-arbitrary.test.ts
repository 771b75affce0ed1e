import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import { formatDecimal } from '../types/numeric.ts';
import type { Value } from '../types/value.ts';
import { valueAt } from './access.ts';
import { vectorFromValues } from './builder.ts';

/** Canonical values of a type, extremes included, for the property tests of this package (which import this file). */

/** The types that the property tests go through. */
export const SAMPLE_TYPES: readonly DataType[] = [
  types.bool,
  types.int2,
  types.int4,
  types.int8,
  types.oid,
  types.float4,
  types.float8,
  types.numeric,
  { kind: 'numeric', precision: 9, scale: 2 },
  { kind: 'numeric', precision: 38, scale: 10 },
  types.text,
  types.varchar,
  { kind: 'varchar', length: 5 },
  { kind: 'bpchar', length: 4 },
  types.name,
  types.bytea,
  types.date,
  types.timestamp,
  types.timestamptz,
  types.interval,
  types.uuid,
  types.json,
  types.jsonb,
  arrayOf(types.int4),
  arrayOf(types.text),
  arrayOf(types.numeric),
  arrayOf(types.timestamptz),
  arrayOf(types.bool),
];

const TEXT = fc.string({ unit: 'grapheme', maxLength: 12 }).filter((text) => !text.includes('\0'));
const MICROS = fc.oneof(
  fc.bigInt({ min: -210_866_700_000_000_000n, max: 9_223_371_000_000_000_000n }),
  fc.bigInt({ min: 0n, max: 2_000_000_000_000_000n }),
  fc.constantFrom(9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n, 0n),
);

function digits(text: string): string {
  return text.replace(/\0/g, '');
}

const JSON_TEXT = fc.constantFrom(
  'null',
  'true',
  '[]',
  '{}',
  '1.50',
  '"a\\nb"',
  '{"a": 1, "bb": [1, null, "x"]}',
  '[1, {"a": {"b": -0.5}}]',
);

/** Values of a type in canonical form, never NULL (arrays may hold NULLs). */
export function valueArbitrary(type: DataType): fc.Arbitrary<Value> {
  switch (type.kind) {
    case 'bool':
      return fc.boolean();
    case 'int2':
      return fc.integer({ min: -32_768, max: 32_767 });
    case 'int4':
      return fc.integer();
    case 'int8':
      return fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    case 'float4':
      return fc.float();
    case 'float8':
      return fc.double();
    case 'numeric':
      if (type.precision !== null) {
        const limit = 10n ** BigInt(type.precision) - 1n;
        return fc.bigInt({ min: -limit, max: limit }).map((coefficient) => formatDecimal(coefficient, type.scale ?? 0));
      }
      return fc.oneof(
        fc
          .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.nat(30))
          .map(([c, scale]) => formatDecimal(c, scale)),
        fc.constantFrom('NaN', 'Infinity', '-Infinity', '0', '0.00', '10000', '0.0001', '100000000'),
      );
    case 'text':
      return TEXT;
    case 'varchar':
      return type.length === null ? TEXT : fc.string({ maxLength: type.length }).map(digits);
    case 'bpchar':
      return fc.string({ maxLength: type.length ?? 3 }).map((text) => digits(text).padEnd(type.length ?? 0));
    case 'name':
      return fc.string({ maxLength: 20 }).map(digits);
    case 'bytea':
      return fc.uint8Array({ maxLength: 12 });
    case 'date':
      return fc.oneof(
        fc.integer({ min: -2_440_588, max: 2_145_031_948 }),
        fc.integer({ min: -1000, max: 30_000 }),
        fc.constantFrom(2_147_483_647, -2_147_483_648),
      );
    case 'timestamp':
    case 'timestamptz':
      return MICROS;
    case 'interval':
      return fc.record({
        months: fc.integer(),
        days: fc.integer(),
        micros: fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
      });
    case 'uuid':
      return fc.uuid();
    case 'json':
    case 'jsonb':
      return JSON_TEXT;
    case 'array':
      return fc.array(fc.option(valueArbitrary(type.item)), { maxLength: 4 });
    default:
      return fc.nat(4_294_967_295);
  }
}

describe('value arbitrary', () => {
  it('makes values in canonical form: a vector gives back the very same', () => {
    for (const type of SAMPLE_TYPES) {
      fc.assert(
        fc.property(valueArbitrary(type), (value) => {
          expect(valueAt(vectorFromValues(type, [value]), 0)).toEqual(value);
        }),
        { numRuns: 10 },
      );
    }
  });
});
