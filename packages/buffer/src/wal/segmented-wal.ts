import {
  assert,
  type Failpoints,
  failure,
  isDiskFull,
  type Wal,
  type WalAppend,
  type WalAppendOptions,
  type WalRecord,
} from '@millrace/core';
import {
  DiskWriter,
  diskFull,
  encodeGroup,
  type PendingRecord,
  pendingRecord,
  recordBytes,
  takeGroup,
  writeMark,
} from './group-commit.ts';
import { replaySegments } from './replay-segments.ts';
import { type ActiveSegment, createSegment, erasOf, nextHeader, removeSegment, type Segment } from './segment-files.ts';
import { SALT_BYTES, SEGMENT_HEADER_BYTES } from './segment-header.ts';
import { rejectAll, SyncBacklog } from './sync-backlog.ts';
import { TaskQueue } from './task-queue.ts';
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
  /** Settles, never rejects, when the newest append is written. */
  #lastWritten: Promise<void> = Promise.resolve();
  readonly #backlog: SyncBacklog = new SyncBacklog();
  /** The sync of records that nobody waits for is on its way. */
  #isSyncingSoon = false;
  readonly #closing: AbortController = new AbortController();
  readonly #onDurable: (() => void)[] = [];
  /** Whoever changes the active segment queues here. */
  readonly #turn: TaskQueue = new TaskQueue();
  readonly #truncation: TaskQueue = new TaskQueue();

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
  /** Oldest first; the last one is written to, the others are full and wait to be truncated. */
  get segments(): readonly Segment[] {
    return [...this.#closed, this.#active];
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
    return erasOf(this.segments);
  }

  append(payload: readonly Uint8Array[], options: WalAppendOptions = {}): WalAppend {
    if (this.#fatal !== null) throw this.#fatal;
    assert(!this.#isClosed, 'append to a closed log');
    const byteCount = recordBytes(payload, this.#options.limits.walRecordBytesMax);
    this.#lastLsn++;
    const isSyncAwaited = options.sync !== 'soon';
    const { record, append } = pendingRecord({ lsn: this.#lastLsn, payload, byteCount, isSyncAwaited });
    this.#pending.push(record);
    this.#lastWritten = append.written.catch(() => {});
    if (!this.#isRunning) {
      this.#isRunning = true;
      void this.#run();
    }
    return append;
  }

  async sync(): Promise<void> {
    await this.#lastWritten;
    await this.#turn.run(() => this.#syncWritten());
    if (this.#fatal !== null) throw this.#fatal;
  }

  /** Calls back, synchronously, whenever `durableLsn` has grown. */
  onDurable(listener: () => void): void {
    this.#onDurable.push(listener);
  }

  replay(after: bigint): AsyncGenerator<WalRecord, void, void> {
    return replaySegments(this.#options.fileSystem, this.segments, after);
  }

  truncate(upTo: bigint): Promise<void> {
    return this.#truncation.run(async () => {
      await this.#turn.run(() => this.#rollIfPassed(upTo));
      const { fileSystem, directory, failpoints } = this.#options;
      while (this.#closed.length > 0 && this.#closed[0]!.lastLsn <= upTo) {
        // One after the other: segments must not come back with a gap between them.
        await removeSegment(fileSystem, directory, this.#closed[0]!.path, failpoints);
        this.#closed.shift();
        this.#gauge();
      }
    });
  }

  /** New numbers get a new walId from here on; for recovery, when storage is ahead of this log's end. */
  async beginEra(): Promise<void> {
    await this.#turn.run(() =>
      this.#roll({ walId: this.#options.random.uuid(), epoch: this.#active.header.epoch + 1 }),
    );
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closing.abort();
    await this.#lastWritten;
    await this.#turn.run(async () => {
      await this.#syncWritten();
      await this.#active.file.close();
    });
  }

  /** Writes groups until nothing is pending. */
  async #run(): Promise<void> {
    while (this.#pending.length > 0 && this.#fatal === null) {
      await this.#options.clock.nextTurn();
      await this.#turn.run(() => this.#commitGroup());
    }
    this.#isRunning = false;
    if (this.#fatal !== null) rejectAll(this.#pending.splice(0), this.#fatal);
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
    const { syncSoonBytesMax = 8 * 1024 * 1024 } = this.#options;
    if (group.some((record) => record.isSyncAwaited) || this.#backlog.byteCount >= syncSoonBytesMax) {
      await this.#syncWritten();
    } else if (!this.#isSyncingSoon) {
      this.#isSyncingSoon = true;
      void this.#syncSoon();
    }
  }

  async #writeGroup(group: readonly PendingRecord[]): Promise<void> {
    const { limits, metrics } = this.#options;
    if (this.#active.sizeBytes >= limits.walSegmentBytes) await this.#roll({});
    const active = this.#active;
    const encoded = encodeGroup(group, active, this.#durableLsn);
    await this.#writer.write(active.file, encoded);
    active.sizeBytes += encoded.byteCount;
    active.link = encoded.link;
    active.lastLsn = group.at(-1)!.lsn;
    this.#backlog.add(group, encoded.byteCount);
    metrics.count('wal_records', group.length);
    metrics.count('wal_bytes', encoded.byteCount);
  }

  /** Syncs what is written. A failure is the end of this log, and of every promise that waits for the sync. */
  async #syncWritten(): Promise<void> {
    if (this.#backlog.isEmpty || this.#fatal !== null) return;
    try {
      await this.#writer.sync(this.#active.file);
    } catch (error) {
      return void this.#die('sync', error);
    }
    this.#writtenIsDurable();
    // Before those who waited go on.
    if (this.#pending.length === 0) await this.#mark();
  }

  /** After a sync of the active segment. */
  #writtenIsDurable(): void {
    if (this.#backlog.isEmpty) return;
    this.#durableLsn = this.#active.lastLsn;
    this.#backlog.confirm();
    for (const listener of this.#onDurable) listener();
  }

  /** A while later: the sync of records that nobody waits for. Those that came after the first of them share it. */
  async #syncSoon(): Promise<void> {
    const { clock, syncSoonMsMax = 100, metrics } = this.#options;
    await clock.sleep(syncSoonMsMax, this.#closing.signal).catch(() => {});
    this.#isSyncingSoon = false;
    await this.#turn.run(async () => {
      if (this.#isClosed || this.#backlog.isEmpty) return;
      metrics.count('wal_syncs_soon');
      await this.#syncWritten();
    });
  }

  /** A full disk is survived by taking the group back; anything else is the end of this log. */
  async #groupFailed(group: readonly PendingRecord[], error: unknown): Promise<void> {
    let verdict: Error = this.#fatal ?? diskFull(error);
    if (this.#fatal === null && !isDiskFull(error)) verdict = this.#die('write', error);
    if (this.#fatal === null) {
      await this.#takeBack().catch((truncateError) => {
        verdict = this.#die('write', truncateError);
      });
    }
    rejectAll(group, verdict);
  }

  /** Cuts off what a failed write left, durably: a rejected record must not come back. */
  async #takeBack(): Promise<void> {
    await this.#active.file.truncate(this.#active.sizeBytes);
    await this.#active.file.sync();
    this.#writtenIsDurable();
    this.#options.metrics.count('wal_groups_taken_back');
  }

  #die(what: 'write' | 'sync', cause: unknown): Error {
    if (this.#fatal !== null) return this.#fatal;
    this.#fatal = failure(
      'ioError',
      { message: `could not ${what} write-ahead log segment ${this.#active.path}; nothing is acknowledged any more` },
      { cause },
    );
    this.#backlog.fail(this.#fatal);
    this.#options.onFatal?.(this.#fatal);
    return this.#fatal;
  }

  /**
   * Tells a later reader that what is before is on disk, without a sync of its own: it then tells damage of acknowledged records from a
   * torn end. Only when no next group is waiting, whose frames say the same.
   */
  async #mark(): Promise<void> {
    try {
      writeMark(this.#active, this.#durableLsn);
    } catch {
      await this.#takeBack().catch((error) => this.#die('write', error));
    }
  }

  async #roll(era: { readonly walId?: string; readonly epoch?: number }): Promise<void> {
    const { fileSystem, directory, failpoints, random } = this.#options;
    const previous = this.#active;
    // Its last mark is not on disk yet, nor are records that nobody waits for, and the next segment's header links to them.
    await previous.file.sync();
    this.#writtenIsDurable();
    const created = await createSegment(
      fileSystem,
      directory,
      nextHeader(previous, era, random.bytes(SALT_BYTES)),
      failpoints,
    );
    this.#active = created;
    const { path, header, lastLsn, sizeBytes } = previous;
    this.#closed.push({ path, header, lastLsn, sizeBytes });
    await previous.file.close();
    this.#gauge();
  }

  /** An active segment that nobody needs any more is closed once it is worth deleting. */
  async #rollIfPassed(upTo: bigint): Promise<void> {
    const { lastLsn, sizeBytes } = this.#active;
    const isWorthIt = sizeBytes >= Math.max(this.#options.limits.walSegmentBytes / 16, 2 * SEGMENT_HEADER_BYTES);
    if (lastLsn > upTo || !isWorthIt || this.#pending.length > 0 || this.#fatal !== null || this.#isClosed) return;
    await this.#roll({}).catch((error) => {
      if (!isDiskFull(error)) throw this.#die('write', error);
    });
  }

  #gauge(): void {
    this.#options.metrics.gauge('wal_segments', this.#closed.length + 1);
  }
}
