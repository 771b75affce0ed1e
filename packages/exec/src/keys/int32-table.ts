import { assert, type ColumnVector, type DataType, flattenVector, isNullAt } from '@millrace/core';
import { type KeySpec, type KeyTable, NO_KEY } from './key-table.ts';
import { addToSlots, FIRST_SLOTS, finishHash, growInt32 } from './slots.ts';

/** Whether a type's values are integers of at most 32 bits. */
export function isInt32Type(type: DataType): boolean {
  return type.kind === 'int4' || type.kind === 'int2' || type.kind === 'date' || type.kind === 'oid';
}

/** One integer key: the fast path of GROUP BY, DISTINCT and joins over ids and dates. */
export class Int32Table implements KeyTable {
  readonly #nullsMatch: boolean;
  readonly #hashMask: number;
  #slots: Int32Array = new Int32Array(FIRST_SLOTS);
  #hashes: Int32Array = new Int32Array(FIRST_SLOTS);
  #keys: Int32Array = new Int32Array(FIRST_SLOTS);
  #size = 0;
  #nullId: number = NO_KEY;

  constructor(spec: KeySpec, hashMask: number) {
    this.#hashMask = hashMask;
    this.#nullsMatch = spec.nullsMatch;
  }

  get size(): number {
    return this.#size;
  }

  get byteLength(): number {
    return 4 * (this.#slots.length + this.#hashes.length + this.#keys.length);
  }

  insert(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): Int32Array {
    const vector = integersOf(vectors);
    const { values } = vector;
    const added: number[] = [];
    for (let row = 0; row < rowCount; row++) {
      const before = this.#size;
      if (vector.validity !== null && isNullAt(vector, row)) {
        if (this.#nullId === NO_KEY && this.#nullsMatch) this.#nullId = this.#add(0, 0);
        ids[row] = this.#nullId;
      } else {
        const key = values[row] as number;
        const hash = finishHash(key) & this.#hashMask;
        const id = this.#lookup(key | 0, hash);
        ids[row] = id === NO_KEY ? this.#add(key, hash) : id;
      }
      if (this.#size > before) added.push(row);
    }
    return Int32Array.from(added);
  }

  find(vectors: readonly ColumnVector[], rowCount: number, ids: Int32Array): void {
    const vector = integersOf(vectors);
    for (let row = 0; row < rowCount; row++) {
      const key = vector.values[row] as number;
      const isNull = vector.validity !== null && isNullAt(vector, row);
      ids[row] = isNull ? this.#nullId : this.#lookup(key | 0, finishHash(key) & this.#hashMask);
    }
  }

  #lookup(key: number, hash: number): number {
    const mask = this.#slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.#slots[slot] as number) - 1;
      if (entry < 0) return NO_KEY;
      if (this.#keys[entry] === key && entry !== this.#nullId) return entry;
    }
  }

  #add(key: number, hash: number): number {
    const id = this.#size;
    this.#size++;
    this.#hashes = growInt32(this.#hashes, this.#size);
    this.#keys = growInt32(this.#keys, this.#size);
    this.#hashes[id] = hash;
    this.#keys[id] = key;
    this.#slots = addToSlots(this.#slots, this.#hashes, this.#size);
    return id;
  }
}

interface Integers {
  readonly kind: 'fixed';
  readonly type: DataType;
  readonly length: number;
  readonly validity: Uint8Array | null;
  readonly values: Int16Array | Int32Array | Uint32Array;
}

function integersOf(vectors: readonly ColumnVector[]): Integers {
  const vector = flattenVector(vectors[0] as ColumnVector);
  assert(vector.kind === 'fixed', 'integers have a fixed width');
  const { values } = vector;
  assert(
    !(values instanceof BigInt64Array || values instanceof Float64Array || values instanceof Float32Array),
    'int32',
  );
  return { ...vector, values };
}
