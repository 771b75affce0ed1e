import {
  assert,
  batchByteLength,
  type CommitLevel,
  type LogFollower,
  type MemoryBudget,
  type PreparedScan,
  type RecordBatch,
  type StoredTable,
  type StorePin,
  type StoreRecovery,
  type TableProvider,
  type TransactionStore,
  type TransactionWrite,
} from '@millrace/core';

interface Record {
  readonly lsn: bigint;
  readonly write: TransactionWrite;
}

/** A TransactionStore in memory whose log outlives it: `new FakeTransactionStore(memory, log)` is the next start. Steps can be held up or made to fail. */
export class FakeTransactionStore implements TransactionStore {
  readonly walId = 'wal';
  readonly log: Record[];
  readonly tables: Map<string, { readonly table: StoredTable; readonly batches: RecordBatch[] }> = new Map();
  /** Awaited by a commit before it is in the log. */
  beforeCommit: () => Promise<void> = async () => undefined;
  onRefresh: () => Promise<void> = async () => undefined;
  onFlush: () => Promise<void> = async () => undefined;
  onRelieve: () => Promise<boolean> = async () => false;
  readonly followers: LogFollower[] = [];
  /** What `reach` was asked for. */
  readonly reached: { readonly lsn: bigint; readonly level: CommitLevel }[] = [];
  onReach: (signal: AbortSignal) => Promise<void> = async () => undefined;
  openPins = 0;
  catalogStoredLsn = -1n;
  oldestLsn = 0n;
  isClosed = false;
  readonly #memory: MemoryBudget;

  constructor(memory: MemoryBudget, log: Record[] = []) {
    this.#memory = memory;
    this.log = log;
  }

  get lastLsn(): bigint {
    return this.log.at(-1)?.lsn ?? 0n;
  }

  async recover(recovery: StoreRecovery): Promise<void> {
    for (const record of this.log) {
      const { catalog } = record.write;
      if (catalog !== null && record.lsn > recovery.catalogLsn(this.walId)) {
        await recovery.onCatalogRecord(catalog, record.lsn, this);
      }
      this.#show(record);
    }
  }

  attach(table: StoredTable): void {
    assert(!this.tables.has(table.tableId), `${table.name} is attached twice`);
    this.tables.set(table.tableId, { table, batches: [] });
  }

  detach(tableId: string): void {
    this.tables.delete(tableId);
  }

  async refresh(): Promise<void> {
    await this.onRefresh();
  }

  pin(tableIds: readonly string[]): StorePin {
    const pinned = new Map(
      tableIds.map((id) => {
        const found = this.tables.get(id);
        assert(found !== undefined, `table ${id} is not attached`);
        return [id, { table: found.table, batches: [...found.batches] }] as const;
      }),
    );
    this.openPins++;
    let isReleased = false;
    return {
      lsn: this.lastLsn,
      table(tableId, own) {
        const found = pinned.get(tableId);
        assert(found !== undefined && !isReleased, `table ${tableId} is not pinned`);
        return provider(found.table, [...found.batches, ...own]);
      },
      release: () => {
        if (!isReleased) this.openPins--;
        isReleased = true;
      },
    };
  }

  async commit(write: TransactionWrite, onVisible?: (lsn: bigint) => void): Promise<{ readonly lsn: bigint }> {
    const bytes = write.tables
      .flatMap(({ batches }) => batches)
      .reduce((sum, batch) => sum + batchByteLength(batch), 0);
    const reservation = this.#memory.reserve(bytes);
    try {
      await this.beforeCommit();
    } finally {
      reservation.release();
    }
    const record = { lsn: this.lastLsn + 1n, write };
    this.log.push(record);
    onVisible?.(record.lsn);
    this.#show(record);
    return { lsn: record.lsn };
  }

  #show({ write }: Record): void {
    for (const { tableId, batches } of write.tables) this.tables.get(tableId)?.batches.push(...batches);
  }

  follow(follower: LogFollower): void {
    this.followers.push(follower);
  }

  async reach(lsn: bigint, level: CommitLevel, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    this.reached.push({ lsn, level });
    await this.onReach(signal);
  }

  async flush(): Promise<void> {
    await this.onFlush();
  }

  relieve(): Promise<boolean> {
    return this.onRelieve();
  }

  catalogStored(lsn: bigint): void {
    this.catalogStoredLsn = lsn;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}

function provider(table: StoredTable, batches: readonly RecordBatch[]): TableProvider {
  return {
    schema: table.schema,
    prepareScan(request): PreparedScan {
      const indexes = request.columns.map((name) => table.schema.fields.findIndex((field) => field.name === name));
      return {
        residualFilters: request.filters,
        describe: () => 'memory',
        async *batches() {
          for (const { rowCount, vectors } of batches) yield { rowCount, vectors: indexes.map((i) => vectors[i]!) };
        },
      };
    },
  };
}
