import {
  assert,
  type BytesVector,
  type ColumnVector,
  type DataType,
  flattenVector,
  isNullAt,
  type Value,
  valueAt,
} from '@millrace/core';
import { encodeWords, isWordType, wordsOf } from './word-encoding.ts';

/** Each row's bytes: `data[offsets[i] .. offsets[i+1])`. */
export interface EncodedColumn {
  readonly data: Uint8Array;
  readonly offsets: Int32Array;
}

const utf8 = new TextEncoder();

/** Bytes that are equal exactly when two values are equal in SQL. NULL slots get any bytes. */
export function encodeBytes(input: ColumnVector): EncodedColumn {
  const { type } = input;
  if (isPlainBytes(type)) {
    const vector = flattenVector(input);
    assert(vector.kind === 'bytes', `${type.kind} has bytes`);
    return vector;
  }
  if (isWordType(type) && type.kind !== 'numeric') return encodeWordBytes(input);
  if (type.kind === 'bpchar') {
    const vector = flattenVector(input);
    assert(vector.kind === 'bytes', 'bpchar has bytes');
    return trimColumn(vector);
  }
  return collect(input, (value) => utf8.encode(keyText(type, value)));
}

/** Types whose stored bytes are the key already. */
export function isPlainBytes(type: DataType): boolean {
  switch (type.kind) {
    case 'text':
    case 'varchar':
    case 'name':
    case 'char':
    case 'bytea':
    case 'json':
    case 'unknown':
    case 'void':
      return true;
    default:
      return false;
  }
}

function encodeWordBytes(input: ColumnVector): EncodedColumn {
  const width = wordsOf(input.type);
  const words = new Int32Array(input.length * width);
  encodeWords(input, { words, width, offset: 0 });
  const offsets = new Int32Array(input.length + 1);
  for (let i = 1; i <= input.length; i++) offsets[i] = i * width * 4;
  return { data: new Uint8Array(words.buffer), offsets };
}

function trimColumn(vector: BytesVector): EncodedColumn {
  const offsets = new Int32Array(vector.length + 1);
  const data = new Uint8Array((vector.offsets[vector.length] as number) - (vector.offsets[0] as number));
  let at = 0;
  for (let i = 0; i < vector.length; i++) {
    const start = vector.offsets[i] as number;
    let end = vector.offsets[i + 1] as number;
    while (end > start && vector.data[end - 1] === 32) end--;
    data.set(vector.data.subarray(start, end), at);
    at += end - start;
    offsets[i + 1] = at;
  }
  return { data, offsets };
}

function collect(input: ColumnVector, encode: (value: Value) => Uint8Array): EncodedColumn {
  const pieces: (Uint8Array | null)[] = [];
  const offsets = new Int32Array(input.length + 1);
  for (let i = 0; i < input.length; i++) {
    const piece = isNullAt(input, i) ? null : encode(valueAt(input, i));
    pieces.push(piece);
    offsets[i + 1] = (offsets[i] as number) + (piece?.length ?? 0);
  }
  const data = new Uint8Array(offsets[input.length] as number);
  pieces.forEach((piece, i) => {
    if (piece !== null) data.set(piece, offsets[i] as number);
  });
  return { data, offsets };
}

/** A text that is equal exactly when two values of the type (numeric, jsonb, array and what arrays hold) are. */
function keyText(type: DataType, value: Value): string {
  if (value === null) return 'n';
  switch (type.kind) {
    case 'numeric':
      return shortNumeric(value as string);
    case 'jsonb':
      return shortJson(value as string);
    case 'array': {
      const items = (value as readonly Value[]).map((item) => keyText(type.item, item));
      return items.map((item) => `${item.length}:${item}`).join('');
    }
    case 'bpchar':
      return `v${(value as string).replace(/ +$/, '')}`;
    case 'interval': {
      const interval = value as Extract<Value, { months: number }>;
      return `v${(BigInt(interval.months) * 30n + BigInt(interval.days)) * 86_400_000_000n + interval.micros}`;
    }
    case 'bytea':
      return `v${Array.from(value as Uint8Array, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    case 'float4':
    case 'float8':
      return `v${value === 0 ? 0 : value}`;
    default:
      return `v${String(value)}`;
  }
}

/** `12.30` -> `12.3`, `1.00` -> `1`. */
function shortNumeric(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

const JSON_TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+\.\d+/g;

/** Canonical jsonb with its numbers shortened: 1.0 and 1.00 are equal. */
function shortJson(text: string): string {
  return text.replace(JSON_TOKEN, (token) => (token.startsWith('"') ? token : shortNumeric(token)));
}
