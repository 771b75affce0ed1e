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
  readonly #services: Pick<EngineServices, 'memory' | 'transactionStore'>;
  readonly #settings: SessionSettings;
  readonly #commits: Pick<CommitCoordinator, 'commit'>;
  readonly #startMicros: () => bigint;
  #state: TransactionState = 'idle';
  #current: Transaction | null = null;
  /** From here on only the commit decides how the transaction ends. */
  #isCommitting = false;

  /** `startMicros` is the start of the statement that runs: what `now()` is in a transaction that begins with it. */
  constructor(options: {
    readonly services: Pick<EngineServices, 'memory' | 'transactionStore'>;
    readonly settings: SessionSettings;
    readonly commits: Pick<CommitCoordinator, 'commit'>;
    readonly startMicros: () => bigint;
  }) {
    this.#services = options.services;
    this.#settings = options.settings;
    this.#commits = options.commits;
    this.#startMicros = options.startMicros;
  }

  get state(): TransactionState {
    return this.#state;
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
    if (this.#current !== null) return this.#current;
    this.#state = 'implicit';
    return this.#start();
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
    let isCommitted = false;
    try {
      this.#isCommitting = true;
      if (transaction.hasWrites) await this.#commits.commit(transaction);
      isCommitted = true;
    } finally {
      this.#isCommitting = false;
      this.#finish(isCommitted);
    }
  }

  /** Frees what the transaction holds. A commit under way is not disturbed: it may be in the log already. */
  rollback(): void {
    if (!this.#isCommitting) this.#finish(false);
  }

  /** A statement failed: a block waits for its end, an implicit transaction is rolled back at once. */
  onError(): void {
    if (this.#isCommitting) return;
    if (this.#state === 'block' || this.#state === 'failed') {
      this.#state = 'failed';
      this.#current?.end();
    } else {
      this.rollback();
    }
  }

  #start(): Transaction {
    const { memory, transactionStore } = this.#services;
    this.#current = new Transaction({
      startMicros: this.#startMicros(),
      memory,
      relieve: () => transactionStore.relieve(),
    });
    this.#settings.beginTransaction();
    this.#settings.setInternal('transaction_read_only', this.#settings.get('default_transaction_read_only'));
    return this.#current;
  }

  #finish(committed: boolean): void {
    if (this.#current !== null) {
      this.#current.end();
      this.#current = null;
      this.#settings.endTransaction(committed);
    }
    this.#state = 'idle';
  }
}
