import {
  arrayOf,
  ByteWriter,
  constantVector,
  type DataType,
  DEFAULT_FORMAT,
  types,
  type Value,
  vectorFromValues,
} from '@millrace/core';
import { expect, it } from 'vitest';
import { checkFormatCode, encodeRows } from './row-encoder.ts';
import { transcript } from './testing/backend-messages.ts';

const COLUMNS: readonly [type: DataType, values: readonly Value[], text: string, binary: string][] = [
  [types.bool, [true, null], 't', 'x01'],
  [types.int2, [-2, null], '-2', 'xfffe'],
  [types.int8, [9007199254740993n, null], '9007199254740993', 'x0020000000000001'],
  [types.float8, [-0, null], '-0', 'x8000000000000000'],
  [types.text, ['ä|', null], 'ä|', 'xc3a47c'],
  [types.date, [0, null], '1970-01-01', 'xffffd533'],
  [types.timestamptz, [0n, null], '1970-01-01 00:00:00+00', 'xfffca2fec4c82000'],
  [
    arrayOf(types.int4),
    [[1, null], null],
    '{1,NULL}',
    'x00000001000000010000001700000002000000010000000400000001ffffffff',
  ],
];

it('writes every kind of column in both formats, NULLs too', () => {
  const batch = { rowCount: 2, vectors: COLUMNS.map(([type, values]) => vectorFromValues(type, values)) };
  const nulls = COLUMNS.map(() => 'NULL').join('|');
  for (const binary of [false, true]) {
    const out = new ByteWriter();
    const encoding = { formats: COLUMNS.map(() => (binary ? 1 : 0)), settings: DEFAULT_FORMAT };
    expect(encodeRows(out, batch, encoding, { start: 0, end: 2, bytesMax: 1e6 })).toBe(2);
    const row = COLUMNS.map((column) => column[binary ? 3 : 2]).join('|');
    expect(transcript(out.view(), { binary })).toEqual([`D ${row}`, `D ${nulls}`]);
  }
});

it('stops after the row that fills the buffer, and goes on from there', () => {
  const batch = { rowCount: 5, vectors: [constantVector(types.text, 'abc', 5)] };
  const out = new ByteWriter();
  const encoding = { formats: [0], settings: DEFAULT_FORMAT };
  const rowBytes = 14;
  expect(encodeRows(out, batch, encoding, { start: 1, end: 5, bytesMax: 2 * rowBytes })).toBe(3);
  expect(out.length).toBe(2 * rowBytes);
  expect(encodeRows(out, batch, encoding, { start: 3, end: 4, bytesMax: 1e6 })).toBe(4);
  expect(transcript(out.view())).toEqual(['D abc', 'D abc', 'D abc']);
});

it('writes rows without columns', () => {
  const out = new ByteWriter();
  const encoding = { formats: [], settings: DEFAULT_FORMAT };
  expect(encodeRows(out, { rowCount: 2, vectors: [] }, encoding, { start: 0, end: 2, bytesMax: 1e6 })).toBe(2);
  expect(transcript(out.view())).toEqual(['D ', 'D ']);
});

it('knows text and binary, and nothing else', () => {
  expect([checkFormatCode(0), checkFormatCode(1)]).toEqual([0, 1]);
  expect(() => checkFormatCode(2)).toThrow('unsupported format code: 2');
});
