import type { Clock, Random } from '@millrace/core';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that passes when a test says so. */
export class ManualClock implements Clock {
  #ms = 1_000_000;
  readonly #sleepers = new Set<Sleeper>();

  nowMicros(): bigint {
    return BigInt(this.#ms) * 1_000n;
  }

  monotonicMs(): number {
    return this.#ms;
  }

  get sleepers(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = {
        atMs: this.#ms + ms,
        wake: () => {
          this.#sleepers.delete(sleeper);
          resolve();
        },
      };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      });
    });
  }

  nextTurn(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  /** Lets time pass, wakes who slept until then, and lets them go on. */
  async advance(ms: number): Promise<void> {
    this.#ms += ms;
    for (const sleeper of this.#sleepers) if (sleeper.atMs <= this.#ms) sleeper.wake();
    await this.nextTurn();
  }
}

/** Ids that count. */
export function countingRandom(): Random {
  let next = 0;
  const uuid = (): string => {
    next++;
    return `${String(next).padStart(8, '0')}-0000-4000-8000-${String(next).padStart(12, '0')}`;
  };
  return { uuid, float: () => 0.5, bytes: (length) => new Uint8Array(length) };
}
