import { type CatalogChange, type CatalogTable, type CommitLevel, failure, type StoredTable } from '@millrace/core';
import { encodeChanges } from '../catalog/stored-catalog.ts';
import type { EngineServices } from '../services.ts';
import { CatalogUpkeep } from './catalog-upkeep.ts';
import { COMMIT_LEVEL, commitLevel, strictestLevel } from './commit-level.ts';
import { TableUse } from './table-use.ts';
import type { Transaction } from './transaction.ts';

type CoordinatorServices = Pick<
  EngineServices,
  'catalog' | 'clock' | 'metrics' | 'tableMemory' | 'tableStorage' | 'transactionStore'
>;

/** What became of a transaction: its number, and what is still to be waited for (`delta`). */
export interface CommittedTransaction {
  readonly lsn: bigint;
  readonly level: CommitLevel;
  /** The tables that it wrote rows to. */
  readonly tableIds: readonly string[];
}

/**
 * Commits transactions: validates them against the committed catalog, makes one log record, applies the DDL at the moment the record becomes
 * visible. Transactions with DDL go one after the other, so that two CREATE TABLE of one name cannot both pass; a DROP waits for the writers of
 * its table that passed validation, and later ones wait for the DROP, so that no log record names a table after the one that drops it.
 */
export class CommitCoordinator {
  readonly #services: CoordinatorServices;
  readonly #upkeep: CatalogUpkeep;
  readonly #writing = new TableUse();
  readonly #dropping = new Set<string>();
  #ddlQueue: Promise<unknown> = Promise.resolve();

  /** `reading`: the statements that read a table, for whom the files of a dropped one stay. */
  constructor(services: CoordinatorServices, reading: TableUse) {
    this.#services = services;
    this.#upkeep = new CatalogUpkeep(services, reading);
  }

  /**
   * Resolves when the transaction is visible, and durable unless its level is `buffered`; for `delta` the caller waits on. The level is the strictest
   * of the session's, those of the tables with new rows, and `durable` for DDL. Throws 42P07, 40001, or what the store throws; then nothing happened.
   */
  async commit(transaction: Transaction, sessionLevel: CommitLevel): Promise<CommittedTransaction> {
    if (transaction.changes.length === 0) return this.#commitRows(transaction, sessionLevel);
    const done = this.#ddlQueue.then(() => this.#commitDdl(transaction, sessionLevel));
    this.#ddlQueue = done.catch(() => undefined);
    return done;
  }

  /** Stores the catalog, or throws; then, in the background, removes the files of dropped tables once nothing reads them. */
  settle(): Promise<void> {
    return this.#upkeep.settle();
  }

  /** Stores the catalog and waits for removals under way. What fails is done at the next start. */
  async close(): Promise<void> {
    await this.#ddlQueue;
    await this.#upkeep.close();
  }

  async #commitRows(transaction: Transaction, sessionLevel: CommitLevel): Promise<CommittedTransaction> {
    const tableIds = transaction.writes.map((write) => write.tableId);
    while (tableIds.some((id) => this.#dropping.has(id))) await this.#ddlQueue;
    this.#validate(transaction);
    const release = this.#writing.acquire(tableIds);
    try {
      return await this.#append(transaction, sessionLevel);
    } finally {
      release();
    }
  }

  async #commitDdl(transaction: Transaction, sessionLevel: CommitLevel): Promise<CommittedTransaction> {
    this.#giveWay(transaction);
    this.#validate(transaction);
    const dropped = transaction.changes.flatMap((change) => (change.kind === 'drop-table' ? [change.tableId] : []));
    for (const id of dropped) this.#dropping.add(id);
    let committed: CommittedTransaction;
    try {
      for (const id of dropped) await this.#writing.whenUnused(id);
      committed = await this.#append(transaction, sessionLevel);
    } finally {
      for (const id of dropped) this.#dropping.delete(id);
    }
    await this.#upkeep.afterDdl(transaction.changes);
    return committed;
  }

  /** CREATE TABLE IF NOT EXISTS of a table that another session created meanwhile: it exists. */
  #giveWay(transaction: Transaction): void {
    for (const change of [...transaction.changes]) {
      if (change.kind !== 'create-table' || !transaction.givesWay(change)) continue;
      if (this.#takesName(change.table, transaction)) transaction.drop(change.table.tableId);
    }
  }

  /** Whether a committed table, which the transaction does not drop, has the name of one that it creates. */
  #takesName(created: CatalogTable, transaction: Transaction): boolean {
    return this.#services.catalog.tables.some(
      (table) =>
        table.schemaName === created.schemaName &&
        table.name === created.name &&
        !transaction.changes.some((change) => change.kind === 'drop-table' && change.tableId === table.tableId),
    );
  }

  #validate(transaction: Transaction): void {
    const { catalog } = this.#services;
    for (const change of transaction.changes) {
      if (change.kind === 'create-table') {
        if (this.#takesName(change.table, transaction)) throw failure('duplicateTable', { name: change.table.name });
      } else if (!catalog.byId.has(change.tableId)) {
        throw failure('serializationFailure', { message: 'a table to drop was dropped by another session' });
      }
    }
    for (const { tableId } of transaction.writes) {
      if (!catalog.byId.has(tableId) && !transaction.hasCreated(tableId)) {
        throw failure('serializationFailure', {
          message: 'a table that this transaction wrote to was dropped by another session',
        });
      }
    }
  }

  /** Its level, as far as tables and DDL have a say in it. */
  #levelOf(transaction: Transaction, sessionLevel: CommitLevel): CommitLevel {
    const created = transaction.changes.flatMap((change) => (change.kind === 'create-table' ? [change.table] : []));
    const levels = transaction.writes.map(({ tableId }) => {
      const table = this.#services.catalog.byId.get(tableId) ?? created.find((one) => one.tableId === tableId);
      return commitLevel(table?.options[COMMIT_LEVEL] ?? '') ?? 'buffered';
    });
    return strictestLevel([sessionLevel, ...levels, ...(transaction.changes.length > 0 ? ['durable' as const] : [])]);
  }

  async #append(transaction: Transaction, sessionLevel: CommitLevel): Promise<CommittedTransaction> {
    const { transactionStore, catalog } = this.#services;
    const changes = [...transaction.changes];
    const tables = transaction.writes;
    const level = this.#levelOf(transaction, sessionLevel);
    const tableIds = tables.map(({ tableId }) => tableId);
    if (changes.length === 0 && tables.length === 0)
      return { lsn: transactionStore.lastLsn, level: 'durable', tableIds };
    transaction.handOver();
    const { lsn } = await transactionStore.commit(
      { catalog: changes.length === 0 ? null : encodeChanges(changes), tables, isBuffered: level === 'buffered' },
      changes.length === 0
        ? undefined
        : (lsn) => {
            rememberDropped(this.#services, changes);
            catalog.apply(changes, transactionStore.walId, lsn);
            applyToStore(this.#services, changes);
          },
    );
    return { lsn, level, tableIds };
  }
}

/** Keeps what after-hooks need of tables that are about to go. */
export function rememberDropped(
  { tableMemory }: Pick<EngineServices, 'tableMemory'>,
  changes: readonly CatalogChange[],
): void {
  for (const change of changes) if (change.kind === 'drop-table') tableMemory.dropping(change.tableId);
}

/** Attaches created tables to the transaction store and detaches dropped ones. */
export function applyToStore(
  services: Pick<EngineServices, 'transactionStore' | 'tableStorage'>,
  changes: readonly CatalogChange[],
): void {
  for (const change of changes) {
    if (change.kind === 'create-table') services.transactionStore.attach(storedTable(services, change.table));
    else services.transactionStore.detach(change.tableId);
  }
}

/** A catalog entry as the transaction store wants it. */
export function storedTable(services: Pick<EngineServices, 'tableStorage'>, table: CatalogTable): StoredTable {
  const { versioned, sink } = services.tableStorage.attach(table);
  const option = (name: string): number | undefined => {
    const value = table.options[name];
    return value === undefined ? undefined : Number(value);
  };
  const flushAfterMs = option('flush_after_ms');
  const flushBytes = option('flush_bytes');
  return {
    tableId: table.tableId,
    name: `${table.schemaName}.${table.name}`,
    schemaId: table.schemaId,
    schema: { fields: table.columns.map(({ name, type, nullable }) => ({ name, type, nullable })) },
    versioned,
    sink,
    ...(flushAfterMs === undefined ? {} : { flushAfterMs }),
    ...(flushBytes === undefined ? {} : { flushBytes }),
  };
}
