import { type Clock, type Failpoints, type FileHandle, failure, type Metrics, type WalAppend } from '@millrace/core';
import { crc32 } from './checksum.ts';
import { encodeFrameHeader, FRAME_HEADER_BYTES } from './frame.ts';
import type { ActiveSegment } from './segment-files.ts';

/** A record that waits for the disk. */
export interface PendingRecord {
  readonly lsn: bigint;
  readonly payload: readonly Uint8Array[];
  readonly byteCount: number;
  readonly isSyncAwaited: boolean;
  readonly written: Settle;
  readonly durable: Settle;
}
/** The other end of a promise. */
interface Settle {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** A record, and the promises of its append. Who does not wait for one need not handle its rejection. */
export function pendingRecord(record: Pick<PendingRecord, 'lsn' | 'payload' | 'byteCount' | 'isSyncAwaited'>): {
  readonly record: PendingRecord;
  readonly append: WalAppend;
} {
  const [written, whenWritten] = settleable();
  const [durable, whenDurable] = settleable();
  return {
    record: { ...record, written, durable },
    append: { lsn: record.lsn, written: whenWritten, durable: whenDurable },
  };
}

/** The payload's length; 54000 if it is too long. */
export function recordBytes(payload: readonly Uint8Array[], walRecordBytesMax: number): number {
  const byteCount = payload.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  if (byteCount <= walRecordBytesMax) return byteCount;
  throw failure('programLimit', {
    message: `transaction of ${byteCount} bytes is longer than a log record may be (${walRecordBytesMax} bytes)`,
  });
}

function settleable(): [Settle, Promise<void>] {
  let settle: Settle | null = null;
  const promise = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  promise.catch(() => {});
  return [settle as unknown as Settle, promise];
}

/** One write larger than this leaves the rest to the next group. */
const GROUP_BYTES_MAX = 16 * 1024 * 1024;
/** A write up to this size is done inline when syncs are. */
const INLINE_WRITE_BYTES_MAX = 1024 * 1024;
/** Weight of the newest measurement in the running mean of the cost of a sync. */
const SYNC_COST_WEIGHT = 0.2;

/** Takes records off the front for one write; at least one. */
export function takeGroup(pending: PendingRecord[]): readonly PendingRecord[] {
  let count = 0;
  let bytes = 0;
  while (count < pending.length && (count === 0 || bytes + pending[count]!.byteCount <= GROUP_BYTES_MAX)) {
    bytes += pending[count]!.byteCount;
    count++;
  }
  return pending.splice(0, count);
}

/** Records as they go into one write: frames ready for the file, each chained to the one before. */
export interface EncodedGroup {
  readonly chunks: readonly Uint8Array[];
  readonly byteCount: number;
  /** The last frame's checksum. */
  readonly link: number;
}

/** The group's frames, chained to what the segment holds. */
export function encodeGroup(group: readonly PendingRecord[], segment: ActiveSegment, durable: bigint): EncodedGroup {
  const headers = new Uint8Array(group.length * FRAME_HEADER_BYTES);
  const chunks: Uint8Array[] = [];
  let link = segment.link;
  let byteCount = headers.byteLength;
  group.forEach((record, index) => {
    const target = headers.subarray(index * FRAME_HEADER_BYTES, (index + 1) * FRAME_HEADER_BYTES);
    const payloadChecksum = record.payload.reduce((crc, chunk) => crc32(chunk, crc), 0);
    const frame = {
      kind: 'record',
      length: record.byteCount,
      lsn: record.lsn,
      durable,
      link,
      payloadChecksum,
    } as const;
    link = encodeFrameHeader(target, frame, segment.header.salt);
    chunks.push(target, ...record.payload);
    byteCount += record.byteCount;
  });
  return { chunks, byteCount, link };
}

/** Appends the news that everything up to `durable`, the last record there, is on disk. Throws what the file system does; a part may be written. */
export function writeMark(segment: ActiveSegment, durable: bigint): void {
  const bytes = new Uint8Array(FRAME_HEADER_BYTES);
  const mark = { kind: 'mark', length: 0, lsn: durable, durable, link: segment.link, payloadChecksum: 0 } as const;
  const link = encodeFrameHeader(bytes, mark, segment.header.salt);
  segment.file.writeNow([bytes]);
  segment.sizeBytes += bytes.byteLength;
  segment.link = link;
}

/**
 * Writes and syncs, inline while a sync costs less than `inlineSyncMsMax` on average (blocking for so short is cheaper than a trip to
 * another thread and back), otherwise without blocking. No timers: a group is whatever came while the one before was on its way.
 */
export class DiskWriter {
  readonly #clock: Clock;
  readonly #metrics: Metrics;
  readonly #failpoints: Failpoints;
  readonly #inlineSyncMsMax: number;
  #syncCostMs: number;

  constructor(options: {
    readonly clock: Clock;
    readonly metrics: Metrics;
    readonly failpoints: Failpoints;
    readonly inlineSyncMsMax: number;
    /** The first measurement. */
    readonly syncCostMs: number;
  }) {
    this.#clock = options.clock;
    this.#metrics = options.metrics;
    this.#failpoints = options.failpoints;
    this.#inlineSyncMsMax = options.inlineSyncMsMax;
    this.#syncCostMs = options.syncCostMs;
  }

  get #isInline(): boolean {
    return this.#syncCostMs < this.#inlineSyncMsMax;
  }

  /** Rejects with the file system's error; a part may be written. */
  async write(file: FileHandle, group: EncodedGroup): Promise<void> {
    this.#failpoints.hit('wal.append.before-write');
    if (this.#isInline && group.byteCount <= INLINE_WRITE_BYTES_MAX) file.writeNow(group.chunks);
    else await file.write(group.chunks);
    this.#failpoints.hit('wal.append.after-write');
  }

  async sync(file: FileHandle): Promise<void> {
    const start = this.#clock.monotonicMs();
    if (this.#isInline) {
      this.#metrics.count('wal_syncs_inline');
      file.syncNow();
    } else await file.sync();
    const cost = this.#clock.monotonicMs() - start;
    this.#syncCostMs += SYNC_COST_WEIGHT * (cost - this.#syncCostMs);
    this.#metrics.count('wal_syncs');
    this.#failpoints.hit('wal.append.after-sync');
  }
}

/** 53100 for the writers of a group that was taken back. */
export function diskFull(cause: unknown): Error {
  return failure('diskFull', { what: 'the write-ahead log' }, { cause });
}
