import { assert, type Failpoints, failure, isDiskFull, type Wal, type WalAppend, type WalRecord } from '@millrace/core';
import { encodeFrameHeader, FRAME_HEADER_BYTES } from './frame.ts';
import { DiskWriter, diskFull, encodeGroup, type PendingRecord, takeGroup } from './group-commit.ts';
import { replaySegments } from './replay-segments.ts';
import { type ActiveSegment, createSegment, type Segment } from './segment-files.ts';
import { SALT_BYTES, SEGMENT_HEADER_BYTES } from './segment-header.ts';
import type { OpenedLog, WalEra, WalOptions } from './wal-options.ts';

/** A Wal in segment files; made by `openWal`. */
export class SegmentedWal implements Wal {
  readonly repaired: OpenedLog['repaired'];
  readonly #options: WalOptions & { readonly failpoints: Failpoints };
  readonly #writer: DiskWriter;
  readonly #pending: PendingRecord[] = [];
  /** Oldest first; the active one is not in it. */
  readonly #closed: Segment[];
  #active: ActiveSegment;
  #lastLsn: bigint;
  #durableLsn: bigint;
  #isRunning = false;
  #isClosed = false;
  #fatal: Error | null = null;
  /** Settles, never rejects, with the newest append. */
  #lastAppend: Promise<void> = Promise.resolve();
  /** Whoever changes the active segment queues here. */
  #turn: Promise<unknown> = Promise.resolve();
  #truncation: Promise<unknown> = Promise.resolve();

  constructor(options: WalOptions & { readonly failpoints: Failpoints }, opened: OpenedLog) {
    this.#options = options;
    this.repaired = opened.repaired;
    this.#closed = [...opened.segments];
    this.#active = opened.active;
    this.#lastLsn = opened.active.lastLsn;
    this.#durableLsn = opened.active.lastLsn;
    const { inlineSyncMsMax = 0.5 } = options;
    this.#writer = new DiskWriter({ ...options, inlineSyncMsMax, syncCostMs: opened.syncCostMs });
    this.#gauge();
  }

  get walId(): string {
    return this.#active.header.walId;
  }
  /** Segments that are full and wait to be truncated. */
  get closedSegments(): number {
    return this.#closed.length;
  }

  get oldestLsn(): bigint {
    return (this.#closed[0] ?? this.#active).header.firstLsn;
  }

  get lastLsn(): bigint {
    return this.#lastLsn;
  }
  get durableLsn(): bigint {
    return this.#durableLsn;
  }
  /** Oldest first; the last is the current one. */
  get eras(): readonly WalEra[] {
    const eras = new Map<string, WalEra>();
    for (const { header, lastLsn } of [...this.#closed, this.#active])
      eras.set(header.walId, { walId: header.walId, lastLsn });
    return [...eras.values()];
  }

  append(payload: readonly Uint8Array[]): WalAppend {
    if (this.#fatal !== null) throw this.#fatal;
    assert(!this.#isClosed, 'append to a closed log');
    const byteCount = payload.reduce((sum, chunk) => sum + chunk.byteLength, 0);
    const { walRecordBytesMax } = this.#options.limits;
    if (byteCount > walRecordBytesMax) {
      throw failure('programLimit', {
        message: `transaction of ${byteCount} bytes is longer than a log record may be (${walRecordBytesMax} bytes)`,
      });
    }
    this.#lastLsn++;
    const lsn = this.#lastLsn;
    const durable = new Promise<void>((resolve, reject) => {
      this.#pending.push({ lsn, payload, byteCount, resolve, reject });
    });
    this.#lastAppend = durable.catch(() => {});
    if (!this.#isRunning) {
      this.#isRunning = true;
      void this.#run();
    }
    return { lsn, durable };
  }

  async sync(): Promise<void> {
    await this.#lastAppend;
    if (this.#fatal !== null) throw this.#fatal;
  }

  replay(after: bigint): AsyncGenerator<WalRecord, void, void> {
    return replaySegments(this.#options.fileSystem, [...this.#closed, this.#active], after);
  }

  truncate(upTo: bigint): Promise<void> {
    return this.#queued('#truncation', async () => {
      await this.#queued('#turn', () => this.#rollIfPassed(upTo));
      const { fileSystem, directory, failpoints } = this.#options;
      while (this.#closed.length > 0 && this.#closed[0]!.lastLsn <= upTo) {
        failpoints.hit('wal.truncate.before-remove');
        await fileSystem.remove(this.#closed[0]!.path);
        failpoints.hit('wal.truncate.after-remove');
        // Before the next one goes: segments must not come back with a gap between them.
        await fileSystem.syncDirectory(directory);
        failpoints.hit('wal.truncate.after-sync');
        this.#closed.shift();
        this.#gauge();
      }
    });
  }

  /** New numbers get a new walId from here on; for recovery, when storage is ahead of this log's end. */
  async beginEra(): Promise<void> {
    await this.#queued('#turn', () =>
      this.#roll({ walId: this.#options.random.uuid(), epoch: this.#active.header.epoch + 1 }),
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#lastAppend;
    await this.#queued('#turn', () => this.#active.file.close());
  }

  /** Writes groups until nothing is pending. */
  async #run(): Promise<void> {
    while (this.#pending.length > 0 && this.#fatal === null) {
      await this.#options.clock.nextTurn();
      await this.#queued('#turn', () => this.#commitGroup());
    }
    this.#isRunning = false;
    if (this.#fatal !== null) for (const record of this.#pending.splice(0)) record.reject(this.#fatal);
  }

  async #commitGroup(): Promise<void> {
    if (this.#fatal !== null) return;
    const group = takeGroup(this.#pending);
    try {
      await this.#writeGroup(group);
    } catch (error) {
      await this.#groupFailed(group, error);
      return;
    }
    for (const record of group) record.resolve();
    if (this.#pending.length === 0) await this.#mark();
  }

  async #writeGroup(group: readonly PendingRecord[]): Promise<void> {
    const { limits, metrics } = this.#options;
    if (this.#active.sizeBytes >= limits.walSegmentBytes) await this.#roll({});
    const active = this.#active;
    const encoded = encodeGroup(group, active, this.#durableLsn);
    await this.#writer.write(active.file, encoded);
    try {
      await this.#writer.sync(active.file);
    } catch (error) {
      throw this.#die('sync', error);
    }
    active.sizeBytes += encoded.byteCount;
    active.link = encoded.link;
    active.lastLsn = group.at(-1)!.lsn;
    this.#durableLsn = active.lastLsn;
    metrics.count('wal_records', group.length);
    metrics.count('wal_bytes', encoded.byteCount);
  }

  /** A full disk is survived by taking the group back; anything else is the end of this log. */
  async #groupFailed(group: readonly PendingRecord[], error: unknown): Promise<void> {
    let verdict: Error = this.#fatal ?? diskFull(error);
    if (this.#fatal === null && !isDiskFull(error)) verdict = this.#die('write', error);
    if (this.#fatal === null) {
      try {
        await this.#takeBack();
      } catch (truncateError) {
        verdict = this.#die('write', truncateError);
      }
    }
    for (const record of group) record.reject(verdict);
  }

  /** Cuts off what a failed write left, durably: a rejected record must not come back. */
  async #takeBack(): Promise<void> {
    await this.#active.file.truncate(this.#active.sizeBytes);
    await this.#active.file.sync();
    this.#options.metrics.count('wal_groups_taken_back');
  }

  #die(what: 'write' | 'sync', cause: unknown): Error {
    if (this.#fatal !== null) return this.#fatal;
    this.#fatal = failure(
      'ioError',
      { message: `could not ${what} write-ahead log segment ${this.#active.path}; nothing is acknowledged any more` },
      { cause },
    );
    this.#options.onFatal?.(this.#fatal);
    return this.#fatal;
  }

  /**
   * Tells a later reader that the group before is on disk, without a sync of its own: it then tells damage of acknowledged records from a
   * torn end. Only when no next group is waiting, whose frames say the same.
   */
  async #mark(): Promise<void> {
    const active = this.#active;
    const bytes = new Uint8Array(FRAME_HEADER_BYTES);
    const lsn = this.#durableLsn;
    const mark = { kind: 'mark', length: 0, lsn, durable: lsn, link: active.link, payloadChecksum: 0 } as const;
    const link = encodeFrameHeader(bytes, mark, active.header.salt);
    try {
      active.file.writeNow([bytes]);
      active.sizeBytes += FRAME_HEADER_BYTES;
      active.link = link;
    } catch {
      await this.#takeBack().catch((error) => this.#die('write', error));
    }
  }

  async #roll(era: { readonly walId?: string; readonly epoch?: number }): Promise<void> {
    const { fileSystem, directory, failpoints, random } = this.#options;
    const previous = this.#active;
    // Its last mark is not on disk yet, and the next segment's header links to it.
    await previous.file.sync();
    const created = await createSegment(
      fileSystem,
      directory,
      {
        walId: era.walId ?? previous.header.walId,
        number: previous.header.number + 1n,
        epoch: era.epoch ?? previous.header.epoch,
        link: previous.link,
        firstLsn: previous.lastLsn + 1n,
        previousLastLsn: previous.lastLsn,
        salt: random.bytes(SALT_BYTES),
      },
      failpoints,
    );
    this.#active = created;
    const { path, header, lastLsn } = previous;
    this.#closed.push({ path, header, lastLsn });
    await previous.file.close();
    this.#gauge();
  }

  /** An active segment that nobody needs any more is closed once it is worth deleting. */
  async #rollIfPassed(upTo: bigint): Promise<void> {
    const { lastLsn, sizeBytes } = this.#active;
    const isWorthIt = sizeBytes >= Math.max(this.#options.limits.walSegmentBytes / 16, 2 * SEGMENT_HEADER_BYTES);
    if (lastLsn > upTo || !isWorthIt || this.#pending.length > 0 || this.#fatal !== null || this.#isClosed) return;
    try {
      await this.#roll({});
    } catch (error) {
      if (!isDiskFull(error)) throw this.#die('write', error);
    }
  }

  /** Runs the task after those queued before it. */
  #queued<T>(queue: '#turn' | '#truncation', task: () => Promise<T>): Promise<T> {
    const before = queue === '#turn' ? this.#turn : this.#truncation;
    const run = before.then(task);
    const settled = run.catch(() => {});
    if (queue === '#turn') this.#turn = settled;
    else this.#truncation = settled;
    return run;
  }

  #gauge(): void {
    this.#options.metrics.gauge('wal_segments', this.#closed.length + 1);
  }
}
