import type { Failpoints, MemoryReservation, TransactionWrite, WalAppend } from '@millrace/core';

/** A transaction that is in the log's hands. */
export interface QueuedCommit {
  readonly lsn: bigint;
  readonly write: TransactionWrite;
  /** One per batch, in the order of the write. */
  readonly reservations: readonly MemoryReservation[];
  readonly onVisible: ((lsn: bigint) => void) | undefined;
}
interface Entry extends QueuedCommit {
  status: 'waiting' | 'durable' | 'failed';
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Makes transactions visible when they are on disk (written, if buffered), strictly in lsn order. */
export class CommitQueue {
  readonly #entries: Entry[] = [];
  readonly #failpoints: Failpoints;
  readonly #makeVisible: (commit: QueuedCommit) => void;

  constructor(failpoints: Failpoints, makeVisible: (commit: QueuedCommit) => void) {
    this.#failpoints = failpoints;
    this.#makeVisible = makeVisible;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Resolves when the transaction is visible; rejects with the log's error, its reservations released. */
  push(append: WalAppend, commit: Omit<QueuedCommit, 'lsn'>): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const entry: Entry = { ...commit, lsn: append.lsn, status: 'waiting', resolve, reject };
      this.#entries.push(entry);
      // In lsn order either way: what is buffered waits for the fsync of what came before and is not.
      (commit.write.isBuffered === true ? append.written : append.durable).then(
        () => {
          entry.status = 'durable';
          this.#drain();
        },
        (error: unknown) => {
          entry.status = 'failed';
          for (const reservation of entry.reservations) reservation.release();
          reject(error);
          this.#drain();
        },
      );
    });
  }

  #drain(): void {
    while (this.#entries.length > 0 && this.#entries[0]!.status !== 'waiting') {
      const entry = this.#entries.shift()!;
      if (entry.status === 'failed') continue;
      try {
        this.#failpoints.hit('commit.durable');
        this.#makeVisible(entry);
        this.#failpoints.hit('commit.visible');
        entry.resolve();
      } catch (error) {
        entry.reject(error);
      }
    }
  }
}
