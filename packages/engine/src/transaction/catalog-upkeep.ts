import type { CatalogChange, CatalogTable } from '@millrace/core';
import type { EngineServices } from '../services.ts';
import type { TableUse } from './table-use.ts';

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;

type UpkeepServices = Pick<EngineServices, 'catalog' | 'clock' | 'metrics' | 'tableStorage' | 'transactionStore'>;

/**
 * What follows a committed DDL and must not undo it: creating the table in storage, storing the catalog, removing the files of dropped tables. All
 * of it is done again until it succeeds; until the catalog is stored, the log keeps its records.
 */
export class CatalogUpkeep {
  readonly #services: UpkeepServices;
  readonly #reading: TableUse;
  readonly #removals = new Map<string, Promise<void>>();
  readonly #closing = new AbortController();
  #retry: Promise<void> | null = null;

  constructor(services: UpkeepServices, reading: TableUse) {
    this.#services = services;
    this.#reading = reading;
  }

  /** A store that cannot create the table or keep the catalog now does not undo what is committed: the flush creates it, a retry stores it. */
  async afterDdl(changes: readonly CatalogChange[]): Promise<void> {
    const { tableStorage, metrics } = this.#services;
    for (const change of changes) {
      if (change.kind !== 'create-table') continue;
      await tableStorage.ensure(change.table).catch(() => metrics.count('table_create_failures'));
    }
    await this.settle().catch(() => {
      this.#retry ??= this.#retryUntilStored().finally(() => {
        this.#retry = null;
      });
    });
  }

  /** Stores the catalog, or throws; starts the removals that are due. */
  async settle(): Promise<void> {
    const { catalog, transactionStore, metrics } = this.#services;
    catalog.forgetBelow(transactionStore.oldestLsn);
    try {
      transactionStore.catalogStored(await catalog.store());
    } catch (error) {
      metrics.count('catalog_store_failures');
      throw error;
    }
    for (const table of catalog.dropped) this.#remove(table);
  }

  /** Stores the catalog once more, also what the removals changed. Throws when it cannot; the log keeps its records then. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#retry;
    await this.settle();
    await Promise.all(this.#removals.values());
    await this.settle();
  }

  async #retryUntilStored(): Promise<void> {
    for (let waitMs = RETRY_MS_MIN; ; waitMs = Math.min(2 * waitMs, RETRY_MS_MAX)) {
      try {
        await this.#services.clock.sleep(waitMs, this.#closing.signal);
      } catch {
        return;
      }
      try {
        return await this.settle();
      } catch {
        // Counted; the next turn tries again.
      }
    }
  }

  /** Once nothing reads it. A table whose files cannot be removed stays in `dropped`, for the next time. */
  #remove(table: CatalogTable): void {
    const { catalog, tableStorage, metrics } = this.#services;
    if (this.#removals.has(table.tableId)) return;
    const removal = this.#reading
      .whenUnused(table.tableId)
      .then(() => tableStorage.drop(table))
      .then(() => catalog.forgetDropped(table.tableId))
      .catch(() => metrics.count('table_drop_failures'))
      .finally(() => this.#removals.delete(table.tableId));
    this.#removals.set(table.tableId, removal);
  }
}
