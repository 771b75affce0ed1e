import { type ColumnVector, type DictionaryVector, isNullAt } from '@millrace/core';
import { type EncodedColumn, encodeBytes, isPlainBytes } from './bytes-encoding.ts';
import { type KeySpec, type KeyTable, NO_KEY } from './key-table.ts';
import { addToSlots, FIRST_SLOTS, finishHash, growInt32 } from './slots.ts';

/** The encoded keys of a batch; `nulls`/`skipped` mark rows. */
interface EncodedKeys extends EncodedColumn {
  /** 1 = the key is a single NULL that matches other NULLs. */
  readonly nulls: Uint8Array | null;
  readonly skipped: Uint8Array;
}

/** Not looked up yet. */
const UNKNOWN = -2;

/** Keys as byte strings in one growing array. A single text key is taken from its vector as it is. */
export class BytesTable implements KeyTable {
  readonly #specs: readonly KeySpec[];
  readonly #hashMask: number;
  #slots: Int32Array = new Int32Array(FIRST_SLOTS);
  #hashes: Int32Array = new Int32Array(FIRST_SLOTS);
  #offsets: Int32Array = new Int32Array(FIRST_SLOTS);
  #data: Uint8Array = new Uint8Array(FIRST_SLOTS * 16);
  #size = 0;
  #nullId: number = NO_KEY;

  constructor(specs: readonly KeySpec[], hashMask: number) {
    this.#hashMask = hashMask;
    this.#specs = specs;
  }

  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return 4 * (this.#slots.length + this.#hashes.length + this.#offsets.length) + this.#data.length;
  }

  insert(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): Int32Array {
    const dictionary = this.#dictionaryOf(vectors);
    if (dictionary !== null) return this.#insertCodes(dictionary, rowCount, ids);
    const keys = this.#encode(vectors, rowCount);
    const added: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      const before = this.#size;
      if (keys.skipped[row] === 1) {
        ids[row] = NO_KEY;
      } else if (keys.nulls !== null && keys.nulls[row] === 1) {
        if (this.#nullId === NO_KEY) this.#nullId = this.#add(keys.data, 0, 0, 0);
        ids[row] = this.#nullId;
      } else {
        const start = keys.offsets[row] as number;
        const end = keys.offsets[row + 1] as number;
        const hash = hashBytes(keys.data, start, end) & this.#hashMask;
        const id = this.#lookup(keys.data, start, end, hash);
        ids[row] = id === NO_KEY ? this.#add(keys.data, start, end, hash) : id;
      }
      if (this.#size > before) added.push(row);
    }
    return Int32Array.from(added);
  }

  find(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): void {
    const dictionary = this.#dictionaryOf(vectors);
    if (dictionary !== null) {
      this.#eachCode(dictionary, rowCount, ids, false);
      return;
    }
    const keys = this.#encode(vectors, rowCount);
    for (let row = 0; row < rowCount; row++) {
      if (keys.skipped[row] === 1) {
        ids[row] = NO_KEY;
      } else if (keys.nulls !== null && keys.nulls[row] === 1) {
        ids[row] = this.#nullId;
      } else {
        const start = keys.offsets[row] as number;
        const end = keys.offsets[row + 1] as number;
        ids[row] = this.#lookup(keys.data, start, end, hashBytes(keys.data, start, end) & this.#hashMask);
      }
    }
  }

  /** The only key, when it is a dictionary of plain bytes: each of its values is then looked up once a batch. */
  #dictionaryOf(vectors: readonly ColumnVector[]): DictionaryVector | null {
    const [vector] = vectors;
    return vectors.length === 1 && vector?.kind === 'dictionary' && isPlainBytes(vector.type) ? vector : null;
  }

  #insertCodes(vector: DictionaryVector, rowCount: number, ids: Int32Array): Int32Array {
    const first = this.#size;
    this.#eachCode(vector, rowCount, ids, true);
    const added: number[] = [];
    let next = first;
    for (let row = 0; row < rowCount && next < this.#size; row++) {
      if (ids[row] !== next) continue;
      added.push(row);
      next++;
    }
    return Int32Array.from(added);
  }

  #eachCode(vector: DictionaryVector, rowCount: number, ids: Int32Array, mayAdd: boolean): void {
    const { codes, dictionary } = vector;
    const { data, offsets } = dictionary;
    const known = new Int32Array(dictionary.length).fill(UNKNOWN);
    const nullsMatch = this.#specs[0]?.nullsMatch === true;
    for (let row = 0; row < rowCount; row++) {
      if (isNullAt(vector, row)) {
        if (mayAdd && nullsMatch && this.#nullId === NO_KEY) this.#nullId = this.#add(data, 0, 0, 0);
        ids[row] = nullsMatch ? this.#nullId : NO_KEY;
        continue;
      }
      const code = codes[row] as number;
      if (known[code] === UNKNOWN) {
        const start = offsets[code] as number;
        const end = offsets[code + 1] as number;
        const hash = hashBytes(data, start, end) & this.#hashMask;
        const id = this.#lookup(data, start, end, hash);
        known[code] = id === NO_KEY && mayAdd ? this.#add(data, start, end, hash) : id;
      }
      ids[row] = known[code] as number;
    }
  }

  #encode(vectors: readonly ColumnVector[], rowCount: number): EncodedKeys {
    const skipped = new Uint8Array(rowCount);
    this.#specs.forEach((spec, key) => {
      if (!spec.nullsMatch) markNulls(vectors[key] as ColumnVector, rowCount, skipped);
    });
    if (this.#specs.length === 1 && isPlainBytes((vectors[0] as ColumnVector).type)) {
      const vector = vectors[0] as ColumnVector;
      const nulls = this.#specs[0]?.nullsMatch === true ? new Uint8Array(rowCount) : null;
      if (nulls !== null) markNulls(vector, rowCount, nulls);
      const { data, offsets } = encodeBytes(vector);
      return { data, offsets, nulls, skipped };
    }
    return { ...joinColumns(vectors, rowCount), nulls: null, skipped };
  }

  #lookup(data: Uint8Array, start: number, end: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return NO_KEY;
      if (this.#hashes[entry] === hash && entry !== this.#nullId && this.#equals(entry, data, start, end)) return entry;
    }
  }

  #equals(entry: number, data: Uint8Array, start: number, end: number): boolean {
    const from = this.#offsets[entry] as number;
    if ((this.#offsets[entry + 1] as number) - from !== end - start) return false;
    for (let i = start, k = from; i < end; i++, k++) if (data[i] !== this.#data[k]) return false;
    return true;
  }

  #add(data: Uint8Array, start: number, end: number, hash: number): number {
    const id = this.#size;
    this.#size++;
    const from = this.#offsets[id] as number;
    const to = from + end - start;
    this.#hashes = growInt32(this.#hashes, this.#size);
    this.#offsets = growInt32(this.#offsets, this.#size + 1);
    if (to > this.#data.length) {
      const grown = new Uint8Array(Math.max(to, this.#data.length * 2));
      grown.set(this.#data);
      this.#data = grown;
    }
    for (let i = start, k = from; i < end; i++, k++) this.#data[k] = data[i] as number;
    this.#hashes[id] = hash;
    this.#offsets[id + 1] = to;
    this.#slots = addToSlots(this.#slots, this.#hashes, this.#size);
    return id;
  }
}

function markNulls(vector: ColumnVector, rowCount: number, marks: Uint8Array): void {
  if (vector.kind !== 'constant' && vector.validity === null) return;
  for (let row = 0; row < rowCount; row++) if (isNullAt(vector, row)) marks[row] = 1;
}

function hashBytes(data: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (data[i] as number), 0x01000193);
  return finishHash(hash);
}

/** Row by row: for every key a byte for NULL, or its length and bytes. Also keys without columns: all rows are equal. */
function joinColumns(vectors: readonly ColumnVector[], rowCount: number): EncodedColumn {
  const columns = vectors.map(encodeBytes);
  const offsets = new Int32Array(rowCount + 1);
  for (let row = 0; row < rowCount; row++) {
    let size = 0;
    for (let key = 0; key < columns.length; key++) {
      const { offsets: ends } = columns[key] as EncodedColumn;
      size += isNullAt(vectors[key] as ColumnVector, row) ? 1 : 5 + (ends[row + 1] as number) - (ends[row] as number);
    }
    offsets[row + 1] = (offsets[row] as number) + size;
  }
  const data = new Uint8Array(offsets[rowCount] as number);
  const cursors = offsets.slice(0, rowCount);
  for (let key = 0; key < columns.length; key++) {
    const column = columns[key] as EncodedColumn;
    const vector = vectors[key] as ColumnVector;
    for (let row = 0; row < rowCount; row++) {
      cursors[row] = writeKey(data, cursors[row] as number, isNullAt(vector, row) ? null : column, row);
    }
  }
  return { data, offsets };
}

function writeKey(data: Uint8Array, at: number, column: EncodedColumn | null, row: number): number {
  if (column === null) return at + 1;
  const start = column.offsets[row] as number;
  const end = column.offsets[row + 1] as number;
  const size = end - start;
  data[at] = 1;
  data[at + 1] = size;
  data[at + 2] = size >>> 8;
  data[at + 3] = size >>> 16;
  data[at + 4] = size >>> 24;
  for (let i = 0; i < size; i++) data[at + 5 + i] = column.data[start + i] as number;
  return at + 5 + size;
}
