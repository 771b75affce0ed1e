import type { TransactionStatus } from '@millrace/core';
import type { EngineServices } from '../services.ts';
import type { SessionSettings } from '../settings/session-settings.ts';
import type { CommitCoordinator } from '../transaction/commit-coordinator.ts';
import { Transaction } from '../transaction/transaction.ts';

/**
 * Where a session stands:
 *
 *   idle --statement--> implicit --Sync / end of Query--> idle
 *   idle, implicit --BEGIN--> block --error--> failed --COMMIT, ROLLBACK--> idle
 */
export type TransactionState = 'idle' | 'implicit' | 'block' | 'failed';

/** The transaction of one session: at most one, implicit or begun by BEGIN. */
export class SessionTransactions {
  readonly #services: EngineServices;
  readonly #settings: SessionSettings;
  readonly #commits: CommitCoordinator;
  #state: TransactionState = 'idle';
  #current: Transaction | null = null;
  /** Counts ended transactions: portals of an ended one are gone. */
  #epoch = 0;

  constructor(services: EngineServices, settings: SessionSettings, commits: CommitCoordinator) {
    this.#services = services;
    this.#settings = settings;
    this.#commits = commits;
  }

  get state(): TransactionState {
    return this.#state;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** For ReadyForQuery: an implicit transaction shows as idle. */
  get status(): TransactionStatus {
    return this.#state === 'block' ? 'block' : this.#state === 'failed' ? 'failed' : 'idle';
  }

  get current(): Transaction | null {
    return this.#current;
  }

  /** The open transaction, an implicit one if there was none. */
  ensure(): Transaction {
    if (this.#current === null) {
      this.#start();
      this.#state = 'implicit';
    }
    return this.#current ?? this.ensure();
  }

  /** BEGIN; what an implicit transaction did so far becomes part of the block, as in PostgreSQL. */
  beginBlock(): void {
    if (this.#current === null) this.#start();
    this.#state = 'block';
  }

  /** Makes the transaction durable and visible, or throws and rolls it back. Without one, nothing happens. */
  async commit(): Promise<void> {
    const transaction = this.#current;
    if (transaction === null || this.#state === 'failed') return this.rollback();
    try {
      if (transaction.hasWrites) await this.#commits.commit(transaction);
    } catch (error) {
      this.#finish(false);
      throw error;
    }
    this.#finish(true);
  }

  rollback(): void {
    this.#finish(false);
  }

  /** A statement failed: a block waits for its end, an implicit transaction is rolled back at once. */
  onError(): void {
    if (this.#state === 'block' || this.#state === 'failed') {
      this.#state = 'failed';
      this.#current?.end();
    } else {
      this.rollback();
    }
  }

  #start(): void {
    this.#current = new Transaction(this.#services.clock.nowMicros(), this.#services.memory);
    this.#settings.beginTransaction();
    this.#settings.setInternal('transaction_read_only', this.#settings.get('default_transaction_read_only'));
  }

  #finish(committed: boolean): void {
    if (this.#current !== null) {
      this.#current.end();
      this.#current = null;
      this.#settings.endTransaction(committed);
      this.#epoch++;
    }
    this.#state = 'idle';
  }
}
