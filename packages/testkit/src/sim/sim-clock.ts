import type { Clock } from '@millrace/core';

/** Virtual time: stands still until `advance`. */
export interface SimClock extends Clock {
  /** Moves time on, waking sleepers in the order of their deadlines and letting each run before the next. */
  advance(ms: number): Promise<void>;
  /** How many sleep now. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly wakeMs: number;
  readonly wake: () => void;
}

/** How many promise turns a woken sleeper gets before time goes on: enough for the longest chain of simulated I/O between two sleeps. */
const TURNS_PER_WAKE = 200;

/** A clock that starts at `startMicros` (default 2026-01-01 UTC). */
export function simClock(startMicros = 1_767_225_600_000_000n): SimClock {
  let nowMs = 0;
  const sleepers = new Set<Sleeper>();
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < TURNS_PER_WAKE; turn++) await Promise.resolve();
  };
  return {
    nowMicros: () => startMicros + BigInt(Math.floor(nowMs * 1_000)),
    monotonicMs: () => nowMs,
    async nextTurn(): Promise<void> {
      for (let turn = 0; turn < 3; turn++) await Promise.resolve();
    },
    sleep(ms, signal): Promise<void> {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = (): void => {
          sleepers.delete(sleeper);
          reject(signal?.reason);
        };
        const sleeper: Sleeper = {
          wakeMs: nowMs + Math.max(ms, 0),
          wake: () => {
            sleepers.delete(sleeper);
            signal?.removeEventListener('abort', onAbort);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', onAbort, { once: true });
      });
    },
    async advance(ms): Promise<void> {
      const target = nowMs + ms;
      await settle();
      for (;;) {
        const due = [...sleepers].filter((s) => s.wakeMs <= target).sort((a, b) => a.wakeMs - b.wakeMs)[0];
        if (due === undefined) break;
        nowMs = Math.max(nowMs, due.wakeMs);
        due.wake();
        await settle();
      }
      nowMs = target;
    },
    get sleepers(): number {
      return sleepers.size;
    },
  };
}
