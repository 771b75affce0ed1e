import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MillraceError } from '../errors/millrace-error.ts';
import { arrayOf, type DataType, types } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import { valueAt } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import { ByteWriter } from './byte-writer.ts';
import { createCopyDecoder } from './copy-decoder.ts';
import { CopyEncoder } from './copy-encoder.ts';
import type { CopyInputFormat } from './copy-format.ts';
import { DEFAULT_FORMAT } from './default-format.ts';

const NONE: ReadonlySet<number> = new Set();
const TEXT: CopyInputFormat = {
  format: 'text',
  delimiter: '\t',
  nullText: '\\N',
  header: 'none',
  quote: '"',
  escape: '"',
  forceNull: NONE,
  forceNotNull: NONE,
  skipsBadRows: false,
};
const CSV: CopyInputFormat = { ...TEXT, format: 'csv', delimiter: ',', nullText: '' };
const BINARY: CopyInputFormat = { ...TEXT, format: 'binary' };

interface Read {
  readonly rows: readonly (readonly Value[])[];
  readonly error: string | null;
  readonly skipped: number;
}

/** Everything that a decoder makes of the pieces: the rows up to the first error. */
function read(format: CopyInputFormat, columnTypes: readonly DataType[], pieces: readonly Uint8Array[]): Read {
  const columns = columnTypes.map((type, i) => ({ name: `c${i}`, type }));
  const target = { table: 't', columns, settings: DEFAULT_FORMAT, batchRows: 3, batchBytes: 64 };
  const decoder = createCopyDecoder(format, target);
  const rows: Value[][] = [];
  const take = (): void => {
    const { batch } = decoder.take();
    for (let row = 0; row < batch.rowCount; row++) rows.push(batch.vectors.map((vector) => valueAt(vector, row)));
  };
  let error: string | null = null;
  try {
    for (const piece of [...pieces, null]) {
      if (piece === null) decoder.end();
      else decoder.push(piece);
      while (decoder.decode() === 'full') take();
    }
  } catch (thrown) {
    if (!(thrown instanceof MillraceError)) throw thrown;
    error = `${thrown.sqlstate} ${thrown.message} | ${thrown.info.where}`;
  }
  if (decoder.rowCount > 0) take();
  return { rows, error, skipped: decoder.skippedRows };
}

/** The bytes cut at these places (as fractions of their length). */
function cut(bytes: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const at = [0, ...places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, i) => bytes.slice(at[i], end));
}

const COLUMNS: readonly DataType[] = [types.int4, types.text, types.text];
const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });
const WORDS = ['1', '2', 'x', '\t', ',', '\n', '\r', '\\', '"', '.', '\\.', '\\N', 'é', '\\x41', '\\303'];
const LINES = ['1\tx\ty\n', '1,x,y\n', '1\tx\ty\r\n', '1,"a\nb",y\r\n', '1,x,""\r', '2\t\\N\tz\n'];
const texts = fc
  .array(fc.oneof(fc.constantFrom(...LINES), fc.constantFrom(...WORDS)), { maxLength: 14 })
  .map((parts) => new TextEncoder().encode(parts.join('')));
/** Sometimes with a byte that is not UTF-8. */
const inputs = fc
  .tuple(texts, fc.option(fc.tuple(fc.nat(), fc.constantFrom(0, 0x80, 0xc3, 0xe2, 0xff))))
  .map(([bytes, bad]) => {
    if (bad !== null && bytes.length > 0) bytes[bad[0] % bytes.length] = bad[1];
    return bytes;
  });
const formats = fc.constantFrom<CopyInputFormat>(
  TEXT,
  CSV,
  { ...CSV, escape: '\\' },
  { ...CSV, quote: "'", header: 'skip' },
  { ...TEXT, header: 'match', delimiter: ',' },
  { ...TEXT, skipsBadRows: true },
  { ...CSV, skipsBadRows: true, forceNull: new Set([1]), forceNotNull: new Set([2]) },
);

describe('the cuts of the input', () => {
  it('change nothing in text and csv', () => {
    fc.assert(
      fc.property(formats, inputs, places, (format, bytes, at) => {
        const whole = read(format, COLUMNS, [bytes]);
        expect(read(format, COLUMNS, cut(bytes, at))).toEqual(whole);
        expect(
          read(
            format,
            COLUMNS,
            Array.from(bytes, (_, i) => bytes.slice(i, i + 1)),
          ),
        ).toEqual(whole);
      }),
      { numRuns: 800 },
    );
  });

  it('change nothing in binary, whatever is wrong with it', () => {
    const good = encode(
      BINARY,
      [types.int4, types.text],
      [
        [1, null],
        ['x', 'yy'],
      ],
    );
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(good.length - 1), fc.nat(255), places, (length, index, byte, at) => {
        const bytes = good.slice(0, length);
        if (index < bytes.length) bytes[index] = byte;
        expect(read(BINARY, [types.int4, types.text], cut(bytes, at))).toEqual(
          read(BINARY, [types.int4, types.text], [bytes]),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** What COPY TO writes. */
function encode(
  format: CopyInputFormat,
  columnTypes: readonly DataType[],
  columns: readonly (readonly Value[])[],
): Uint8Array {
  const out = new ByteWriter();
  const encoder = new CopyEncoder({ ...format, header: false, forceQuote: NONE }, DEFAULT_FORMAT);
  const vectors = columns.map((values, i) => vectorFromValues(columnTypes[i]!, values));
  const rowCount = columns[0]!.length;
  encoder.head(out, []);
  for (let row = 0; row < rowCount; row++) encoder.row(out, { rowCount, vectors }, row);
  encoder.tail(out);
  return out.take();
}

const text = fc.string({
  unit: fc.constantFrom('a', '\\', '"', "'", ',', ';', '\t', '\n', '\r', 'N', '.', 'é', '😀', ' '),
});
const numeric = fc
  .tuple(fc.bigInt(-(10n ** 20n), 10n ** 20n), fc.nat(999))
  .map(([a, b]) => `${a}.${String(b).padStart(3, '0')}`);
/** Every type that a table can have. */
const VALUES: readonly (readonly [DataType, fc.Arbitrary<Value>])[] = [
  [types.bool, fc.boolean()],
  [types.int2, fc.integer({ min: -32768, max: 32767 })],
  [types.int4, fc.integer()],
  [types.int8, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)],
  [types.float4, fc.float()],
  [types.float8, fc.double()],
  [{ kind: 'numeric', precision: null, scale: null }, numeric],
  [{ kind: 'numeric', precision: 30, scale: 3 }, numeric],
  [types.text, text],
  [types.bytea, fc.uint8Array({ maxLength: 9 }).map((bytes) => Uint8Array.from(bytes))],
  [types.date, fc.integer({ min: -100_000, max: 100_000 })],
  [types.timestamp, fc.bigInt(-(10n ** 16n), 10n ** 16n)],
  [types.timestamptz, fc.bigInt(-(10n ** 16n), 10n ** 16n)],
  [types.uuid, fc.uuid()],
  [types.jsonb, fc.constantFrom('{"a": "\\\\ \\" ,"}', '[1, null]', '"x\\ty"')],
  [arrayOf(types.int4), fc.array(fc.option(fc.integer()), { maxLength: 4 })],
  [arrayOf(types.text), fc.array(fc.option(text), { maxLength: 4 })],
];

describe('what COPY TO writes, COPY FROM reads', () => {
  it.each([
    ['text', TEXT],
    ['csv', CSV],
    ['csv with other characters', { ...CSV, delimiter: ';', quote: "'", escape: '\\', nullText: 'N' }],
    ['binary', BINARY],
  ] as const)('%s', (_, format) => {
    const row = fc.tuple(...VALUES.map(([, values]) => fc.option(values)));
    const columnTypes = VALUES.map(([type]) => type);
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), places, (rows, at) => {
        const columns = columnTypes.map((_, i) => rows.map((cells) => cells[i] as Value));
        const bytes = encode(format, columnTypes, columns);
        const { error, rows: back } = read(format, columnTypes, cut(bytes, at));
        expect(error).toBe(null);
        expect(
          encode(
            format,
            columnTypes,
            columnTypes.map((_, i) => back.map((cells) => cells[i]!)),
          ),
        ).toEqual(bytes);
        // Floats and arrays compare by what they print; here by value where that is plain.
        expect(back.map((cells) => [cells[2], cells[3], cells[8], cells[13]])).toEqual(
          rows.map((cells) => [cells[2], cells[3], cells[8], cells[13]]),
        );
      }),
      { numRuns: 50 },
    );
  });
});
