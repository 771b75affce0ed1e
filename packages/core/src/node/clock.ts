import { performance } from 'node:perf_hooks';
import type { Clock } from '../ports/clock.ts';

// Anchored once: `nowMicros` has sub-millisecond steps and still follows the wall clock when that is set.
const MICROS_PER_MS = 1_000n;

/** The machine's clock. Timers do not keep the process alive. */
export const nodeClock: Clock = Object.freeze({
  nowMicros(): bigint {
    const sinceOrigin = performance.timeOrigin + performance.now();
    const wall = Date.now();
    // performance.now() never follows clock changes; trust it for the fraction only while the two agree.
    if (Math.abs(sinceOrigin - wall) > 20) return BigInt(wall) * MICROS_PER_MS;
    return BigInt(Math.floor(sinceOrigin * 1_000));
  },
  monotonicMs(): number {
    return performance.now();
  },
  nextTurn: () => new Promise<void>((resolve) => setImmediate(resolve)),
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      // setTimeout takes at most 2^31-1 ms; longer sleeps wake early, which callers that loop on a condition survive.
      const timer = setTimeout(
        () => {
          signal?.removeEventListener('abort', onAbort);
          resolve();
        },
        Math.min(Math.max(ms, 0), 0x7fff_ffff),
      );
      timer.unref();
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  },
});
