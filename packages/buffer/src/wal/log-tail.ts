import { assert, type FileSystem, type WalRecord } from '@millrace/core';
import { SegmentReader } from './read-segment.ts';
import type { SegmentedWal } from './segmented-wal.ts';

/** A record, or the number up to which records are gone. */
export type TailStep =
  | { readonly kind: 'record'; readonly record: WalRecord }
  | { readonly kind: 'gap'; readonly lsn: bigint };

/** Reads a log while it is written, from a number on, in order. It remembers its place in the file, so that each step reads only what is new. */
export class LogTail {
  readonly #fileSystem: FileSystem;
  readonly #wal: SegmentedWal;
  #after: bigint;
  /** What is read of the segment up to here cannot change any more. */
  #stableLsn = -1n;
  #reader: SegmentReader | null = null;

  constructor(fileSystem: FileSystem, wal: SegmentedWal, after: bigint) {
    this.#fileSystem = fileSystem;
    this.#wal = wal;
    this.#after = after;
  }

  /** The next step at or below `upTo`, the number of a durable record; null if there is none. XX001 for damage. */
  async next(upTo: bigint): Promise<TailStep | null> {
    assert(upTo <= this.#wal.durableLsn, 'what is not durable may be taken back and is not read');
    while (this.#after < upTo) {
      const reader = this.#reader ?? (await this.#openNext());
      if (reader === null) return { kind: 'gap', lsn: this.#after };
      if (this.#after >= this.#stableLsn) {
        await reader.refresh();
        this.#stableLsn = upTo;
      }
      const frame = await reader.next();
      if (frame === null) await this.#leave(reader);
      else if (frame.header.kind === 'record' && frame.header.lsn > this.#after) {
        this.#after = frame.header.lsn;
        return { kind: 'record', record: { lsn: frame.header.lsn, payload: frame.payload } };
      }
    }
    return null;
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }

  /** The segment with the next record; null, having passed what is gone, if a segment before it was deleted. */
  async #openNext(): Promise<SegmentReader | null> {
    const segment = this.#wal.segments.find(({ lastLsn }) => lastLsn > this.#after);
    assert(segment !== undefined, 'a segment holds the newest record');
    const before = segment.header.firstLsn - 1n;
    if (before > this.#after) {
      this.#after = before;
      return null;
    }
    this.#reader = await SegmentReader.open(this.#fileSystem, segment.path);
    this.#stableLsn = -1n;
    return this.#reader;
  }

  /** At the end of a segment; XX001 if it should not be its end. */
  async #leave(reader: SegmentReader): Promise<void> {
    const segment = this.#wal.segments.find(({ header }) => header.number === reader.header.number);
    const isWhole = segment === undefined || segment.lastLsn <= this.#after;
    await this.close();
    if (!isWhole) throw reader.damage(reader.size, `up to ${segment.lastLsn}`);
  }
}
