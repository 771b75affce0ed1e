import { asMillraceError, failure, type TransactionStatus } from '@millrace/core';
import type { EngineServices } from '../services.ts';
import type { SessionSettings } from '../settings/session-settings.ts';
import type { CommitCoordinator, CommittedTransaction } from '../transaction/commit-coordinator.ts';
import { requireCommitLevel } from '../transaction/commit-level.ts';
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
  readonly #services: Pick<EngineServices, 'clock' | 'memory' | 'transactionStore'>;
  readonly #settings: SessionSettings;
  readonly #commits: Pick<CommitCoordinator, 'commit'>;
  readonly #startMicros: () => bigint;
  readonly #warn: (message: string) => void;
  /** Ends waits of a session that closes. */
  readonly #closing: AbortSignal;
  #lastCommitLsn: bigint | null = null;
  #state: TransactionState = 'idle';
  #current: Transaction | null = null;
  /** From here on only the commit decides how the transaction ends. */
  #isCommitting = false;

  /** `startMicros` is the start of the statement that runs: what `now()` is in a transaction that begins with it. */
  constructor(options: {
    readonly services: Pick<EngineServices, 'clock' | 'memory' | 'transactionStore'>;
    readonly settings: SessionSettings;
    readonly commits: Pick<CommitCoordinator, 'commit'>;
    readonly startMicros: () => bigint;
    readonly warn: (message: string) => void;
    readonly closing: AbortSignal;
  }) {
    this.#services = options.services;
    this.#settings = options.settings;
    this.#commits = options.commits;
    this.#startMicros = options.startMicros;
    this.#warn = options.warn;
    this.#closing = options.closing;
  }

  /** The number of the session's last commit that wrote something; null if there was none. */
  get lastCommitLsn(): bigint | null {
    return this.#lastCommitLsn;
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

  /**
   * Makes the transaction durable (as its level has it) and visible, or throws and rolls it back. Without one, nothing happens. `signal`, and statement_timeout,
   * end the wait for Delta of level `delta`, and not the commit.
   */
  async commit(signal?: AbortSignal): Promise<void> {
    const transaction = this.#current;
    if (transaction === null || this.#state === 'failed') return this.rollback();
    let isCommitted = false;
    let committed: CommittedTransaction | null = null;
    try {
      this.#isCommitting = true;
      const level = requireCommitLevel(this.#settings.get('millrace.commit_level'), 'millrace.commit_level');
      if (transaction.hasWrites) committed = await this.#commits.commit(transaction, level);
      isCommitted = true;
    } finally {
      this.#isCommitting = false;
      this.#finish(isCommitted);
    }
    if (committed === null) return;
    this.#lastCommitLsn = committed.lsn;
    if (committed.level === 'delta') await this.#untilInDelta(committed, signal);
  }

  /** The transaction happened already: who does not wait to the end is told so, with a warning instead of an error, as PostgreSQL does with a standby. */
  async #untilInDelta({ lsn, tableIds }: CommittedTransaction, client: AbortSignal | undefined): Promise<void> {
    const { transactionStore, clock } = this.#services;
    const timeoutMs = Number(this.#settings.get('statement_timeout'));
    const [timer, timeout] = [new AbortController(), new AbortController()];
    if (timeoutMs > 0) {
      clock.sleep(timeoutMs, timer.signal).then(
        () => timeout.abort(failure('statementTimeout')),
        () => undefined,
      );
    }
    const signal = AbortSignal.any([this.#closing, timeout.signal, ...(client === undefined ? [] : [client])]);
    try {
      await transactionStore.reach(lsn, 'delta', { signal, tableIds });
    } catch (error) {
      const reason = asMillraceError(error).message;
      this.#warn(`the transaction is committed and on disk here, but may not be in Delta yet: ${reason}`);
    } finally {
      timer.abort();
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
