/**
 * The write-ahead log. Numbers: lsn 1, 2, 3 ... in order of `append` calls; unique under one `walId`.
 * Laws: `written` and then `durable` resolve in lsn order: `written` when the record survives the end of the process, `durable` only after an
 * fsync that covers it. What a power loss takes is a suffix of the records that were not durable, each wholly. After one failed write or fsync every
 * pending and later append rejects (58030, 53100 for a full disk whose partial frame was rolled back) and nothing is acknowledged from this log again.
 */
export interface Wal {
  readonly walId: string;
  /** No record below this is in the log any more. */
  readonly oldestLsn: bigint;
  /** The highest lsn given out, 0n at first. */
  readonly lastLsn: bigint;
  /** The highest lsn known to be on disk. */
  readonly durableLsn: bigint;
  /** Gives the record its number synchronously; payload chunks are not copied and must not change afterwards. */
  append(payload: readonly Uint8Array[], options?: WalAppendOptions): WalAppend;
  /** Records with lsn > after, in order; corrupt ones in mid-log throw XX001 (never read as the end). */
  replay(after: bigint): AsyncGenerator<WalRecord, void, void>;
  /** Resolves when everything appended so far is on disk. */
  sync(): Promise<void>;
  /** Deletes whole segments whose last lsn is <= upTo. */
  truncate(upTo: bigint): Promise<void>;
  close(): Promise<void>;
}
/** How a record is appended. */
export interface WalAppendOptions {
  /**
   * `now` (the default): somebody waits for its fsync. `soon`: nobody does, and one comes all the same within a bounded time: with the next record that is
   * waited for, with `sync`, or by itself.
   */
  readonly sync?: 'now' | 'soon';
}
/** A record on its way: its number is known at once. */
export interface WalAppend {
  readonly lsn: bigint;
  /** Resolves when the operating system has it: the end of the process does not lose it, a power loss may. Never after `durable`. */
  readonly written: Promise<void>;
  /** Resolves after the fsync. */
  readonly durable: Promise<void>;
}
/** A record as recovery reads it. */
export interface WalRecord {
  readonly lsn: bigint;
  readonly payload: Uint8Array;
}
