import { type CatalogChange, type CatalogTable, failure, type StoredTable } from '@millrace/core';
import { encodeChanges } from '../catalog/stored-catalog.ts';
import type { EngineServices } from '../services.ts';
import type { TableUse } from './table-use.ts';
import type { Transaction } from './transaction.ts';

/**
 * Commits transactions: validates them against the committed catalog, makes one log record, applies the DDL at the moment the record becomes
 * visible. Transactions with DDL go one after the other, so that two CREATE TABLE of one name cannot both pass.
 */
export class CommitCoordinator {
  readonly #services: Pick<EngineServices, 'catalog' | 'transactionStore' | 'tableStorage' | 'metrics'>;
  readonly #tableUse: TableUse;
  #ddlQueue: Promise<unknown> = Promise.resolve();
  #removals: Promise<unknown> = Promise.resolve();

  constructor(
    services: Pick<EngineServices, 'catalog' | 'transactionStore' | 'tableStorage' | 'metrics'>,
    tableUse: TableUse,
  ) {
    this.#services = services;
    this.#tableUse = tableUse;
  }

  /** Resolves when the transaction is durable and visible. Throws 42P07, 40001, or what the store throws; then nothing happened. */
  async commit(transaction: Transaction): Promise<void> {
    if (transaction.changes.length === 0) {
      this.#validate(transaction);
      await this.#append(transaction);
      return;
    }
    const done = this.#ddlQueue.then(async () => {
      this.#validate(transaction);
      await this.#append(transaction);
      await this.#afterDdl(transaction.changes);
    });
    this.#ddlQueue = done.catch(() => undefined);
    await done;
  }

  /** Stores the catalog; then, in the background, removes the files of dropped tables once nothing reads them. */
  async settle(): Promise<void> {
    const { catalog, transactionStore } = this.#services;
    catalog.forgetBelow(transactionStore.oldestLsn);
    transactionStore.catalogStored(await catalog.store());
    this.#removals = this.#removals
      .then(() => this.#removeDropped())
      .catch(() => this.#services.metrics.count('table_drop_failures'));
  }

  #validate(transaction: Transaction): void {
    const { catalog } = this.#services;
    const dropped = new Set(
      transaction.changes.flatMap((change) => (change.kind === 'drop-table' ? [change.tableId] : [])),
    );
    for (const change of transaction.changes) {
      if (change.kind === 'create-table') {
        const taken = catalog.tables.some(
          (table) =>
            table.schemaName === change.table.schemaName &&
            table.name === change.table.name &&
            !dropped.has(table.tableId),
        );
        if (taken) throw failure('duplicateTable', { name: change.table.name });
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

  async #append(transaction: Transaction): Promise<void> {
    const { transactionStore, catalog } = this.#services;
    const changes = [...transaction.changes];
    await transactionStore.commit(
      { catalog: changes.length === 0 ? null : encodeChanges(changes), tables: transaction.writes },
      changes.length === 0
        ? undefined
        : (lsn) => {
            catalog.apply(changes, transactionStore.walId, lsn);
            applyToStore(this.#services, changes);
          },
    );
  }

  /** A store that cannot create the table now does not undo what is committed: the flush creates it. */
  async #afterDdl(changes: readonly CatalogChange[]): Promise<void> {
    for (const change of changes) {
      if (change.kind !== 'create-table') continue;
      await this.#services.tableStorage
        .ensure(change.table)
        .catch(() => this.#services.metrics.count('table_create_failures'));
    }
    await this.settle().catch(() => this.#services.metrics.count('catalog_store_failures'));
  }

  async #removeDropped(): Promise<void> {
    for (const table of this.#services.catalog.dropped) {
      await this.#tableUse.whenUnused(table.tableId);
      await this.#services.tableStorage.drop(table);
      this.#services.catalog.forgetDropped(table.tableId);
    }
  }
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
