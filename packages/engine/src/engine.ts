import {
  type CatalogTable,
  failure,
  type QueryHandler,
  type QuerySession,
  type SessionStartup,
  type StoreRecovery,
} from '@millrace/core';
import { decodeChanges } from './catalog/stored-catalog.ts';
import { followerOf } from './funnel/after-hooks.ts';
import type { EngineServices } from './services.ts';
import { Session, type SessionShared } from './session/session.ts';
import { applyToStore, CommitCoordinator, rememberDropped, storedTable } from './transaction/commit-coordinator.ts';
import { TableUse } from './transaction/table-use.ts';

/** A built engine: sessions on one catalog and one transaction store. Frozen; made by `createEngine(...).build()`. */
export class Engine implements QueryHandler {
  readonly services: EngineServices;
  readonly #shared: SessionShared;
  readonly #commits: CommitCoordinator;
  readonly #sessions = new Set<Session>();
  #isClosing = false;

  constructor(services: EngineServices) {
    this.services = services;
    const tableUse = new TableUse();
    this.#commits = new CommitCoordinator(services, tableUse);
    this.#shared = { services, commits: this.#commits, tableUse };
    Object.freeze(this);
  }

  /** The rules in the order they run, with why each is where it is. */
  get rules(): EngineServices['optimizer']['rules'] {
    return this.services.optimizer.rules;
  }

  get tables(): readonly CatalogTable[] {
    return this.services.catalog.tables;
  }

  /** Attaches the stored tables, replays the log, finishes what a crash interrupted. Once, before `connect`. */
  async start(): Promise<void> {
    const { catalog, transactionStore, tableStorage, metrics } = this.services;
    for (const table of catalog.tables) {
      const stored = storedTable(this.services, table);
      await stored.versioned.refresh();
      transactionStore.attach(stored);
    }
    const followers = this.services.hooks.map((hook) => followerOf(hook, this.services.tableMemory));
    for (const follower of followers) if (follower !== null) transactionStore.follow(follower);
    const recovery: StoreRecovery = {
      catalogLsn: (walId) => catalog.storedLsn(walId),
      isDropped: (tableId) => catalog.isDropped(tableId),
      onCatalogRecord: async (record, lsn, store) => {
        // A record may come again when the log got a new id: what is there or was dropped already stays as it is.
        const changes = decodeChanges(record).filter((change) => catalog.isNews(change));
        rememberDropped(this.services, changes);
        catalog.apply(changes, store.walId, lsn);
        for (const change of changes) {
          if (change.kind === 'create-table') await tableStorage.ensure(change.table);
        }
        applyToStore(this.services, changes);
      },
    };
    await transactionStore.recover(recovery);
    await this.#commits.settle();
    for (const table of catalog.tables) {
      await tableStorage.ensure(table).catch(() => metrics.count('table_create_failures'));
    }
  }

  async connect(startup: SessionStartup): Promise<QuerySession> {
    if (this.#isClosing) throw failure('shuttingDown');
    const session: Session = new Session(this.#shared, startup, () => this.#sessions.delete(session));
    this.#sessions.add(session);
    return session;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /**
   * Waits for running statements, ends all sessions (open transactions roll back), stores the catalog, flushes if asked to, closes the log. Throws what
   * could not be stored or flushed; it is in the log then, which is closed all the same.
   */
  async close(options: { readonly flush: boolean }): Promise<void> {
    this.#isClosing = true;
    await Promise.all([...this.#sessions].map((session) => session.close()));
    try {
      await this.#commits.close();
    } finally {
      await this.services.transactionStore.close(options);
    }
  }
}
