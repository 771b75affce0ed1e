/**
 * The write-ahead log. Numbers: lsn 1, 2, 3 ... in order of `append` calls; unique under one `walId`.
 * Laws: `durable` resolves only after an fsync that covers the record, in lsn order; after one failed write or fsync every pending
 * and later append rejects (58030, 53100 for a full disk whose partial frame was rolled back) and nothing is acknowledged from this log again.
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
  append(payload: readonly Uint8Array[]): WalAppend;
  /** Records with lsn > after, in order; corrupt ones in mid-log throw XX001 (never read as the end). */
  replay(after: bigint): AsyncGenerator<WalRecord, void, void>;
  /** Resolves when everything appended so far is on disk. */
  sync(): Promise<void>;
  /** Deletes whole segments whose last lsn is <= upTo. */
  truncate(upTo: bigint): Promise<void>;
  close(): Promise<void>;
}
/** A record on its way: its number is known at once, `durable` resolves after the fsync. */
export interface WalAppend {
  readonly lsn: bigint;
  readonly durable: Promise<void>;
}
/** A record as recovery reads it. */
export interface WalRecord {
  readonly lsn: bigint;
  readonly payload: Uint8Array;
}
