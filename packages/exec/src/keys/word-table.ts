import { type ColumnVector, isNullAt } from '@millrace/core';
import { type KeySpec, type KeyTable, NO_KEY } from './key-table.ts';
import { addToSlots, FIRST_SLOTS, finishHash, growInt32 } from './slots.ts';
import { encodeWords, wordsOf } from './word-encoding.ts';

/** Keys of fixed width: each is a few words, the first of them a bit per NULL, in one array. */
export class WordTable implements KeyTable {
  readonly #specs: readonly KeySpec[];
  readonly #width: number;
  readonly #hashMask: number;
  #slots: Int32Array = new Int32Array(FIRST_SLOTS);
  #hashes: Int32Array = new Int32Array(FIRST_SLOTS);
  #keys: Int32Array;
  #size = 0;
  #scratch: Int32Array = new Int32Array(0);
  #skipped: Uint8Array = new Uint8Array(0);

  constructor(specs: readonly KeySpec[], hashMask: number) {
    this.#hashMask = hashMask;
    this.#specs = specs;
    const nullWords = Math.ceil(specs.length / 32);
    this.#width = specs.reduce((width, spec) => width + wordsOf(spec.type), nullWords);
    this.#keys = new Int32Array(FIRST_SLOTS * this.#width);
  }

  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return 4 * (this.#slots.length + this.#hashes.length + this.#keys.length + this.#scratch.length);
  }

  insert(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): Int32Array {
    this.#encode(vectors, rowCount);
    const added: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      if (this.#skipped[row] === 1) {
        ids[row] = NO_KEY;
        continue;
      }
      const hash = this.#hash(row);
      let id = this.#lookup(row, hash);
      if (id === NO_KEY) {
        id = this.#add(row, hash);
        added.push(row);
      }
      ids[row] = id;
    }
    return Int32Array.from(added);
  }

  find(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): void {
    this.#encode(vectors, rowCount);
    for (let row = 0; row < rowCount; row++) {
      ids[row] = this.#skipped[row] === 1 ? NO_KEY : this.#lookup(row, this.#hash(row));
    }
  }

  #encode(vectors: readonly ColumnVector[], rowCount: number): void {
    const width = this.#width;
    if (this.#scratch.length < rowCount * width) this.#scratch = new Int32Array(rowCount * width);
    const words = this.#scratch;
    const skipped = new Uint8Array(rowCount);
    this.#skipped = skipped;
    const nullWords = Math.ceil(this.#specs.length / 32);
    for (let row = 0; row < rowCount; row++) words.fill(0, row * width, row * width + nullWords);
    let offset = nullWords;
    this.#specs.forEach((spec, key) => {
      const vector = vectors[key] as ColumnVector;
      const size = wordsOf(spec.type);
      encodeWords(vector, { words, width, offset });
      for (let row = 0; row < rowCount; row++) {
        if (!isNullAt(vector, row)) continue;
        if (!spec.nullsMatch) skipped[row] = 1;
        words[row * width + (key >> 5)]! |= 1 << (key & 31);
        words.fill(0, row * width + offset, row * width + offset + size);
      }
      offset += size;
    });
  }

  #hash(row: number): number {
    const start = row * this.#width;
    let hash = 0;
    for (let i = start; i < start + this.#width; i++) {
      hash = Math.imul(hash ^ (this.#scratch[i] as number), 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    return finishHash(hash) & this.#hashMask;
  }

  #lookup(row: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return NO_KEY;
      if (this.#hashes[entry] === hash && this.#equals(row, entry)) return entry;
    }
  }

  #equals(row: number, entry: number): boolean {
    const width = this.#width;
    for (let i = 0; i < width; i++) {
      if (this.#scratch[row * width + i] !== this.#keys[entry * width + i]) return false;
    }
    return true;
  }

  #add(row: number, hash: number): number {
    const id = this.#size;
    const width = this.#width;
    this.#size++;
    this.#hashes = growInt32(this.#hashes, this.#size);
    this.#keys = growInt32(this.#keys, this.#size * width);
    this.#hashes[id] = hash;
    for (let i = 0; i < width; i++) this.#keys[id * width + i] = this.#scratch[row * width + i] as number;
    this.#slots = addToSlots(this.#slots, this.#hashes, this.#size);
    return id;
  }
}
