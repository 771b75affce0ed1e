import {
  assert,
  failure,
  type RecordBatch,
  type Schema,
  type Sink,
  type SinkOutcome,
  type SinkProgress,
  type StagedRows,
  type VersionedSnapshot,
  type VersionedTable,
} from '@millrace/core';
import { Checkpointer } from './checkpoint/checkpointer.ts';
import { type AppendTarget, appendFiles } from './commit/append.ts';
import { assertSameTable, createTable, type TableDefinition } from './commit/create-table.ts';
import { SerialQueue, SharedWork } from './commit/serial-queue.ts';
import { type CompactOptions, chooseFiles } from './compact/choose-files.ts';
import { type CommitOutcome, commitCompaction } from './compact/commit-compaction.ts';
import { rewriteFiles } from './compact/rewrite-files.ts';
import { COMMIT_TIMEOUT_MS, type DeltaEnvironment, type DeltaTableOptions } from './delta-environment.ts';
import { DeltaPin } from './delta-pin.ts';
import type { AddFile } from './log/actions.ts';
import { assertWritable } from './log/features.ts';
import { formatSchemaString } from './schema/schema-string.ts';
import { type LogSource, loadSnapshot, refreshSnapshot } from './snapshot/load-snapshot.ts';
import type { Snapshot } from './snapshot/snapshot.ts';
import { FILE_LIMITS, indexedColumnsOf, type StageSource, stageRows } from './write/stage-rows.ts';
import { type DeltaStagedRows, deleteUnused } from './write/staged-rows.ts';

/** nothing: no partition has two small files. conflict: another commit got in the way. */
export type CompactOutcome = { readonly status: 'nothing' } | Exclude<CommitOutcome, { readonly status: 'failed' }>;

/**
 * One Delta table: what is stored of a table (`VersionedTable`) and where flushed rows go (`Sink`). Making one does no I/O; a table
 * that is not in storage yet reads as empty and is created by `ensure`, or by the first `stage` or `commit`.
 * Commits of one process queue up here; those of others are found in the log.
 */
export class DeltaTable implements VersionedTable, Sink {
  readonly tableId: string;
  readonly location: string;
  readonly #environment: DeltaEnvironment;
  readonly #definition: TableDefinition;
  readonly #source: LogSource;
  readonly #commits: SerialQueue = new SerialQueue();
  readonly #refreshing: SharedWork = new SharedWork(() => this.#refreshNow());
  readonly #checkpointer: Checkpointer;
  /** Staged rows whose commit may still land; their files stay. */
  readonly #undecided: WeakSet<StagedRows> = new WeakSet();
  readonly #pins: Set<DeltaPin> = new Set();
  #snapshot: Snapshot | null = null;
  #lastTimestampMs = 0;

  constructor(environment: DeltaEnvironment, options: DeltaTableOptions) {
    const { location, tableId } = options;
    assert(location === '' || location.endsWith('/'), 'a table location ends in /');
    this.tableId = tableId;
    this.location = location;
    this.#environment = environment;
    this.#definition = options;
    this.#source = { store: environment.store, codec: environment.codec, location };
    this.#checkpointer = new Checkpointer(this.#source, environment.clock, environment.metrics);
  }

  /** Creates the table at the location, or takes the one that is there if it has this id (55000 otherwise). */
  static async create(environment: DeltaEnvironment, options: DeltaTableOptions): Promise<DeltaTable> {
    const table = new DeltaTable(environment, options);
    await table.ensure();
    return table;
  }

  /** Opens the table at a location, whatever its id. 42P01 if there is none, 0A000 if it needs what we do not have. */
  static async open(environment: DeltaEnvironment, location: string): Promise<DeltaTable> {
    const { store, codec } = environment;
    const snapshot = await loadSnapshot({ store, codec, location });
    if (snapshot === null) throw failure('undefinedTable', { name: store.describe(location) });
    const { metaData, schema } = snapshot;
    const { id: tableId, partitionColumns, configuration } = metaData;
    const table = new DeltaTable(environment, { location, tableId, schema, partitionColumns, configuration });
    table.#publish(snapshot);
    return table;
  }

  /** The newest snapshot known here, null before the table is in storage. */
  get snapshot(): Snapshot | null {
    return this.#snapshot;
  }

  /** The columns that `stage` takes: those it was made with. Another engine may have added columns since; pins show them. */
  get schema(): Schema {
    return this.#definition.schema;
  }

  /** The lowest version that a pin still reads, null if none; what VACUUM must keep. */
  get oldestPinnedVersion(): bigint | null {
    let oldest: bigint | null = null;
    for (const { version } of this.#pins) if (oldest === null || version < oldest) oldest = version;
    return oldest;
  }

  /** Creates the table if it is not in storage. Idempotent. */
  async ensure(signal?: AbortSignal): Promise<void> {
    if (this.#snapshot !== null) return;
    await this.#commits.run(async () => {
      await this.refresh(signal);
      if (this.#snapshot !== null) return;
      const nowMs = this.#nextTimestampMs();
      const deadlineMs = this.#environment.clock.monotonicMs() + this.#commitTimeoutMs;
      const target = { ...this.#environment, location: this.location };
      const created = await createTable(target, this.#definition, { nowMs, deadlineMs });
      if (created === null) await this.refresh(signal);
      else this.#publish(created);
    });
  }

  /** Shared by all who ask at once; one caller's signal ends its own wait only. */
  async refresh(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#refreshing.run();
    signal?.throwIfAborted();
  }

  pin(): VersionedSnapshot {
    const pin: DeltaPin = new DeltaPin(this.#source, this.#snapshot, this.#snapshot?.schema ?? this.schema, () =>
      this.#pins.delete(pin),
    );
    this.#pins.add(pin);
    return pin;
  }

  async stage(batches: AsyncIterable<RecordBatch> | Iterable<RecordBatch>, signal?: AbortSignal): Promise<StagedRows> {
    await this.ensure(signal);
    const { metaData } = this.#known();
    const { schema, partitionColumns } = this.#definition;
    const keys: string[] = [];
    const source = this.#stageSource({ schema, partitionColumns });
    const onFile = (key: string): void => void keys.push(key);
    try {
      const { adds, rowCount } = await stageRows(
        source,
        batches,
        signal === undefined ? { onFile } : { onFile, signal },
      );
      const writtenFor = { id: metaData.id, schemaString: formatSchemaString(schema), partitionColumns };
      const byteCount = adds.reduce((sum, add) => sum + add.size, 0);
      const staged: DeltaStagedRows = { rowCount, byteCount, files: adds, keys, writtenFor };
      return staged;
    } catch (error) {
      // No commit can name these files: nobody has got the staged rows.
      await this.#deleteFiles(keys);
      throw error;
    }
  }

  /**
   * Writes small files of a partition into one: the same rows, in a commit that changes no data and no application's progress, so that queries, pins and
   * flushes do not notice. Others may append meanwhile. If a file of it is removed meanwhile, or the table is defined anew, nothing happens
   * (`conflict`). The old files stay in storage for readers of older versions; removing them is another matter.
   */
  async compact(options: CompactOptions = {}): Promise<CompactOutcome> {
    await this.refresh(options.signal);
    const from = this.#snapshot;
    const bins = from === null ? [] : chooseFiles(from, options);
    if (from === null || bins.length === 0) return { status: 'nothing' };
    assertWritable(from.protocol, from.metaData);
    const signal = options.signal ?? new AbortController().signal;
    const source = this.#stageSource({ schema: from.schema, partitionColumns: from.metaData.partitionColumns });
    const keys: string[] = [];
    const added: AddFile[] = [];
    let isPut = false;
    try {
      for (const bin of bins) {
        added.push(...(await rewriteFiles(source, bin, { signal, onFile: (key) => void keys.push(key) })));
      }
      const compaction = { from, removed: bins.flat(), added };
      isPut = true;
      const outcome = await this.#commits.run(() => commitCompaction(this.#commitTarget(), compaction));
      isPut = outcome.status === 'committed';
      if (outcome.status === 'failed') throw outcome.error;
      if (outcome.status === 'conflict') await this.#deleteFiles(keys);
      else this.#checkpointer.startIfDue(this.#known());
      return outcome;
    } catch (error) {
      // A commit whose end is not known may still land, and then these are the table's rows.
      if (!isPut) await this.#deleteFiles(keys);
      throw error;
    }
  }

  async commit(staged: StagedRows, progress: SinkProgress): Promise<SinkOutcome> {
    await this.ensure();
    const { files: adds, rowCount, writtenFor } = staged as DeltaStagedRows;
    return await this.#commits.run(async () => {
      const wasUndecided = this.#undecided.has(staged);
      this.#undecided.add(staged);
      const outcome = await appendFiles(this.#commitTarget(), { adds, rowCount, writtenFor, progress });
      if (outcome.status !== 'failed' || !wasUndecided) this.#undecided.delete(staged);
      if (outcome.status === 'failed') throw outcome.error;
      this.#environment.metrics?.count(`delta_commits_${outcome.status}`);
      if (outcome.status === 'committed') this.#checkpointer.startIfDue(this.#known());
      return outcome;
    });
  }

  async progress(appId: string): Promise<bigint> {
    await this.refresh();
    return this.#snapshot?.txns.get(appId)?.version ?? -1n;
  }

  async discard(staged: StagedRows): Promise<void> {
    if (this.#undecided.has(staged)) return;
    await this.refresh();
    await deleteUnused(this.#source, this.#snapshot, staged as DeltaStagedRows);
  }

  /** Writes a checkpoint of the newest known version now; commits start one by themselves when it is due. */
  async checkpoint(): Promise<void> {
    if (this.#snapshot !== null) await this.#checkpointer.write(this.#snapshot);
  }

  /** Waits for commits and checkpoints under way. */
  async close(): Promise<void> {
    await this.#commits.idle();
    await this.#checkpointer.idle();
  }

  async #refreshNow(): Promise<void> {
    const known = this.#snapshot;
    const newest = known === null ? await loadSnapshot(this.#source) : await refreshSnapshot(this.#source, known);
    if (newest === null || newest === known) return;
    assertSameTable(newest, this.tableId, this.#source.store.describe(this.location));
    this.#publish(newest);
  }

  #commitTarget(): AppendTarget {
    return {
      ...this.#environment,
      location: this.location,
      commitTimeoutMs: this.#commitTimeoutMs,
      current: () => this.#known(),
      refresh: async () => {
        await this.refresh();
        return this.#known();
      },
      publish: (snapshot) => this.#publish(snapshot),
      nowMs: () => this.#nextTimestampMs(),
    };
  }

  #stageSource(table: Pick<TableDefinition, 'schema' | 'partitionColumns'>): StageSource {
    return {
      ...this.#environment,
      ...table,
      location: this.location,
      limits: { ...FILE_LIMITS, ...this.#environment.limits },
      indexedColumns: indexedColumnsOf(this.#known().metaData.configuration),
      nowMs: () => this.#nowMs(),
    };
  }

  async #deleteFiles(keys: readonly string[]): Promise<void> {
    await Promise.all(keys.map((key) => this.#environment.store.delete(key).catch(() => undefined)));
  }

  #known(): Snapshot {
    assert(this.#snapshot !== null, 'the table is in storage');
    return this.#snapshot;
  }

  /** Commits and refreshes may both find news; the newer one stays. */
  #publish(snapshot: Snapshot): void {
    if (this.#snapshot !== null && snapshot.version <= this.#snapshot.version) return;
    this.#snapshot = snapshot;
    this.#checkpointer.found(snapshot.checkpointVersion);
  }

  get #commitTimeoutMs(): number {
    return this.#environment.commitTimeoutMs ?? COMMIT_TIMEOUT_MS;
  }

  #nowMs(): number {
    return Number(this.#environment.clock.nowMicros() / 1000n);
  }

  /** Commit times of one table go up, whatever the clock does. */
  #nextTimestampMs(): number {
    this.#lastTimestampMs = Math.max(this.#nowMs(), this.#lastTimestampMs + 1);
    return this.#lastTimestampMs;
  }
}
