import { failure } from '@millrace/core';

interface Waiter {
  readonly lsn: bigint;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Who waits for a number to be visible; at most `waitersMax`. */
export class LsnWaiters {
  readonly #waitersMax: number;
  readonly #waiters: Set<Waiter> = new Set();

  constructor(waitersMax: number) {
    this.#waitersMax = waitersMax;
  }

  /** Resolves when `passed` is told the number, or rejects with the signal's reason; 53400 if too many wait. */
  wait(lsn: bigint, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#waiters.size >= this.#waitersMax) {
      throw failure('configurationLimit', {
        message: `${this.#waitersMax} sessions wait for a log sequence number already`,
      });
    }
    return new Promise((resolve, reject) => {
      const onAbort = (): void => settle(() => reject(signal.reason));
      const settle = (how: () => void): void => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', onAbort);
        how();
      };
      const waiter: Waiter = { lsn, resolve: () => settle(resolve), reject: (error) => settle(() => reject(error)) };
      this.#waiters.add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Everything up to here is visible. */
  passed(lsn: bigint): void {
    for (const waiter of [...this.#waiters]) if (waiter.lsn <= lsn) waiter.resolve();
  }

  /** No number will come any more. */
  fail(error: unknown): void {
    for (const waiter of [...this.#waiters]) waiter.reject(error);
  }
}

/** The work's end, or the signal's reason if that is first; the work goes on then. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
    work.catch(() => {});
  }
}
