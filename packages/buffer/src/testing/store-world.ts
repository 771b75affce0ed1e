import {
  type CommitLevel,
  createMemoryBudget,
  createMetrics,
  type Failpoints,
  type FileSystem,
  failure,
  type LogFollower,
  type MemoryBudget,
  type Metrics,
  type RecordBatch,
  type StoredTable,
  type TransactionStore,
} from '@millrace/core';
import { type SeededRandom, type SimClock, SimDisk, seededRandom, simClock } from '@millrace/testkit/sim';
import { openTransactionStore } from '../store/open-transaction-store.ts';
import type { TransactionStoreOptions } from '../store/transaction-store-options.ts';
import { batchOf, FakeLog, fakeTable, rowsOf, type StorageFault, type TestRow } from './fake-storage.ts';

/** The catalog's change of the tests, as the log records it. */
type Change = { readonly create: string } | { readonly drop: string };

/** The stored catalog: survives crashes, written whole. */
interface StoredCatalog {
  readonly tables: ReadonlySet<string>;
  readonly dropped: ReadonlySet<string>;
  readonly lsns: ReadonlyMap<string, bigint>;
}

/** One process: a store over a world's disk and table logs, and a little catalog that obeys the engine's part of the contract. */
export interface Life {
  readonly store: TransactionStore;
  readonly clock: SimClock;
  readonly memory: MemoryBudget;
  readonly metrics: Metrics;
  readonly problems: string[];
  readonly fatal: Error[];
  /** Commits rows of several tables as one transaction. */
  commit(rows: Readonly<Record<string, readonly TestRow[]>>, level?: CommitLevel): Promise<bigint>;
  /** Creates a table, with its first rows in the same transaction. */
  create(tableId: string, rows?: readonly TestRow[]): Promise<bigint>;
  drop(tableId: string): Promise<bigint>;
  storeCatalog(): void;
  /** All rows of a table as a query sees them. */
  read(tableId: string): Promise<readonly TestRow[]>;
  readonly tables: ReadonlySet<string>;
}

export interface LifeOptions {
  readonly settings?: TransactionStoreOptions['settings'];
  readonly memoryBytes?: number;
  readonly failpoints?: Failpoints;
  readonly fileSystem?: FileSystem;
  readonly walSegmentBytes?: number;
  readonly inlineSyncMsMax?: number;
  readonly followers?: readonly LogFollower[];
  readonly fault?: () => StorageFault;
}

export class StoreWorld {
  readonly random: SeededRandom;
  readonly disk: SimDisk;
  readonly logs: Map<string, FakeLog> = new Map();
  catalog: StoredCatalog = { tables: new Set(), dropped: new Set(), lsns: new Map() };
  #life = 0;

  constructor(seed = 1) {
    this.random = seededRandom(seed);
    this.disk = new SimDisk(this.random);
  }

  log(tableId: string): FakeLog {
    const known = this.logs.get(tableId) ?? new FakeLog();
    this.logs.set(tableId, known);
    return known;
  }

  /** Rows that are in storage, whoever reads it. */
  stored(tableId: string): readonly TestRow[] {
    return this.log(tableId).versions.flatMap((version) => version.rows);
  }

  /** Starts a process on the world's disk, recovery included. */
  async start(options: LifeOptions = {}): Promise<Life> {
    const life = ++this.#life;
    const process = await this.#open(options);
    const { store } = process;
    const isAlive = (): boolean => this.#life === life && !this.disk.isCrashed;
    const tables = new Set(this.catalog.tables);
    const dropped = new Set(this.catalog.dropped);
    const tableOf = (tableId: string): StoredTable =>
      fakeTable({
        tableId,
        log: this.log(tableId),
        isAlive,
        random: this.random,
        ...(options.fault === undefined ? {} : { fault: options.fault }),
      });
    /** The newest change of the catalog: what is buffered behind it may be lost, and is not stored with it. */
    let changeLsn = this.catalog.lsns.get(store.walId) ?? -1n;
    const apply = (change: Change): void => {
      if ('create' in change) {
        if (tables.has(change.create) || dropped.has(change.create)) return;
        tables.add(change.create);
        store.attach(tableOf(change.create));
      } else if (tables.delete(change.drop)) {
        dropped.add(change.drop);
        store.detach(change.drop);
      }
    };
    for (const follower of options.followers ?? []) store.follow(follower);
    for (const tableId of tables) store.attach(tableOf(tableId));
    await store.recover({
      catalogLsn: (walId) => this.catalog.lsns.get(walId) ?? -1n,
      async onCatalogRecord(record, lsn): Promise<void> {
        changeLsn = lsn;
        apply(JSON.parse(new TextDecoder().decode(record)) as Change);
      },
      isDropped: (tableId) => dropped.has(tableId),
    });
    // Flushes that fail are tried again after pauses, which end when time goes on; a dead process waits for ever.
    const inDelta = async (lsn: bigint, tableIds: readonly string[]): Promise<void> => {
      let isDone = false;
      const stop = new AbortController();
      const reached = store.reach(lsn, 'delta', { signal: stop.signal, tableIds }).finally(() => {
        isDone = true;
      });
      reached.catch(() => {});
      while (!isDone && isAlive()) await process.clock.advance(1_000);
      stop.abort(failure('shuttingDown'));
      await reached;
    };
    const write = async (
      change: Change | null,
      rows: Readonly<Record<string, readonly TestRow[]>>,
      level: CommitLevel = 'durable',
    ): Promise<bigint> => {
      const { lsn } = await store.commit(
        {
          isBuffered: level === 'buffered',
          catalog: change === null ? null : new TextEncoder().encode(JSON.stringify(change)),
          tables: Object.entries(rows).map(([tableId, list]) => ({ tableId, schemaId: 1, batches: [batchOf(list)] })),
        },
        change === null
          ? undefined
          : (at) => {
              apply(change);
              changeLsn = at;
            },
      );
      if (level === 'delta') await inDelta(lsn, Object.keys(rows));
      return lsn;
    };
    return {
      ...process,
      tables,
      commit: (rows, level) => write(null, rows, level),
      create: (tableId, rows) => write({ create: tableId }, rows === undefined ? {} : { [tableId]: rows }),
      drop: (tableId) => write({ drop: tableId }, {}),
      storeCatalog: () => {
        if (!isAlive()) return;
        this.catalog = {
          tables: new Set(tables),
          dropped: new Set(dropped),
          lsns: new Map([...this.catalog.lsns, [store.walId, changeLsn]]),
        };
        store.catalogStored(changeLsn);
      },
      read: (tableId) => readTable(store, tableId),
    };
  }

  /** A store on the world's disk before recovery, and what is to be seen of its process. */
  async #open(
    options: LifeOptions,
  ): Promise<Pick<Life, 'store' | 'clock' | 'memory' | 'metrics' | 'problems' | 'fatal'>> {
    const clock = simClock();
    const metrics = createMetrics();
    const memory = createMemoryBudget('rows', options.memoryBytes ?? 10_000_000);
    const problems: string[] = [];
    const fatal: Error[] = [];
    const store = await openTransactionStore({
      fileSystem: options.fileSystem ?? this.disk.mount(),
      directory: 'wal',
      clock,
      random: this.random,
      memory,
      metrics,
      settings: options.settings ?? { flushAfterMs: 60_000, flushBytes: 1_000_000 },
      limits: { walSegmentBytes: options.walSegmentBytes ?? 2_000, walRecordBytesMax: 1_000_000 },
      ...(options.failpoints === undefined ? {} : { failpoints: options.failpoints }),
      ...(options.inlineSyncMsMax === undefined ? {} : { inlineSyncMsMax: options.inlineSyncMsMax }),
      onProblem: (message) => problems.push(message),
      onFatal: (error) => fatal.push(error),
    });
    return { store, clock, memory, metrics, problems, fatal };
  }
}

/** Pins the table and reads it whole. */
export async function readTable(
  store: TransactionStore,
  tableId: string,
  own: readonly RecordBatch[] = [],
): Promise<readonly TestRow[]> {
  const seen = await readTables(store, [tableId], own);
  return seen.get(tableId)!;
}

/** Pins the tables in one step and reads them whole; `own` are rows of the open transaction, in each of them. */
export async function readTables(
  store: TransactionStore,
  tableIds: readonly string[],
  own: readonly RecordBatch[] = [],
): Promise<ReadonlyMap<string, readonly TestRow[]>> {
  const pin = store.pin(tableIds);
  try {
    const seen = new Map<string, readonly TestRow[]>();
    for (const tableId of tableIds) {
      const scan = await pin
        .table(tableId, own)
        .prepareScan(
          { columns: ['id', 'payload'], filters: [], fieldOf: () => '', fetch: null },
          { signal: new AbortController().signal, batchRows: 1_024 },
        );
      const rows: TestRow[] = [];
      for await (const batch of scan.batches()) rows.push(...rowsOf(batch));
      seen.set(tableId, rows);
    }
    return seen;
  } finally {
    pin.release();
  }
}

/** Rows in a fixed order, for comparing contents. */
export function sorted(rows: readonly TestRow[]): readonly TestRow[] {
  return [...rows].sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] < b[1] ? -1 : 1));
}
