import { type ColumnVector, isNullAt, setBit } from '@millrace/core';
import type { KeySpec } from '../keys/key-table.ts';
import type { CandidateRows } from './first-match.ts';
import { JoinTable } from './join-table.ts';

/** Vectors of the two kinds of keys of a null-aware join. */
export interface MaybeKeyVectors {
  /** Must be equal. */
  readonly keys: readonly ColumnVector[];
  /** Must be equal, or one of them NULL. */
  readonly maybeKeys: readonly ColumnVector[];
}

/**
 * The build side of a null-aware anti join, as three tables:
 *
 *   known     rows without a NULL, by all keys         } what a probe row without a NULL may match
 *   unknown   rows with a NULL, by the ordinary keys   }
 *   all       every row, by the ordinary keys            what a probe row with a NULL may match; built when the first one comes
 *
 * Candidates have equal ordinary keys. With one maybe key each of them is a match; with several a pair may still differ in another one.
 */
export class MaybeTable {
  readonly #specs: readonly KeySpec[];
  readonly #build: MaybeKeyVectors;
  readonly #rowCount: number;
  readonly #hashMask: number | undefined;
  readonly #known: JoinTable;
  readonly #unknown: JoinTable;
  #all: JoinTable | null = null;

  constructor(
    specs: { readonly keys: readonly KeySpec[]; readonly maybeKeys: readonly KeySpec[] },
    build: MaybeKeyVectors,
    rowCount: number,
    hashMask?: number,
  ) {
    this.#hashMask = hashMask;
    this.#specs = specs.keys;
    this.#build = build;
    this.#rowCount = rowCount;
    this.#known = new JoinTable([...specs.keys, ...specs.maybeKeys], [...build.keys, ...build.maybeKeys], rowCount, {
      hashMask,
    });
    const unknown = new Uint8Array((rowCount + 7) >> 3);
    for (let row = 0; row < rowCount; row++) if (hasNull(build.maybeKeys, row)) setBit(unknown, row);
    this.#unknown = new JoinTable(specs.keys, build.keys, rowCount, { only: unknown, hashMask });
  }

  get byteLength(): number {
    return this.#known.byteLength + this.#unknown.byteLength + (this.#all?.byteLength ?? 0);
  }

  /** The rows that probe rows may match. */
  candidates(probe: MaybeKeyVectors, rowCount: number): CandidateRows {
    const known = this.#known.candidates([...probe.keys, ...probe.maybeKeys], rowCount);
    const unknown = this.#unknown.candidates(probe.keys, rowCount);
    const isUnknown = Array.from({ length: rowCount }, (_, row) => hasNull(probe.maybeKeys, row));
    if (!isUnknown.includes(true)) return both(known, unknown);
    this.#all ??= new JoinTable(this.#specs, this.#build.keys, this.#rowCount, { hashMask: this.#hashMask });
    const all = this.#all.candidates(probe.keys, rowCount);
    const some = both(known, unknown);
    return {
      count: (row) => (isUnknown[row] ? all : some).count(row),
      at: (row, k) => (isUnknown[row] ? all : some).at(row, k),
    };
  }
}

function both(first: CandidateRows, second: CandidateRows): CandidateRows {
  return {
    count: (row) => first.count(row) + second.count(row),
    at: (row, k) => {
      const count = first.count(row);
      return k < count ? first.at(row, k) : second.at(row, k - count);
    },
  };
}

function hasNull(vectors: readonly ColumnVector[], row: number): boolean {
  return vectors.some((vector) => isNullAt(vector, row));
}
