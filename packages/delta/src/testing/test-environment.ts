import type { Clock, ObjectStore, Random } from '@millrace/core';
import type { DeltaEnvironment } from '../delta-environment.ts';
import { createParquetCodec } from '../parquet/parquet-codec.ts';
import { memoryObjectStore } from '../store/memory-object-store.ts';
import { inThreadWorkers } from './in-thread-workers.ts';

/** A clock that moves a millisecond at each look, and whose sleeps only let others run. */
export function testClock(startMicros = 1_700_000_000_000_000n): Clock {
  let micros = startMicros;
  return {
    nowMicros: () => {
      micros += 1_000n;
      return micros;
    },
    monotonicMs: () => Number((micros - startMicros) / 1_000n),
    nextTurn: () => Promise.resolve(),
    sleep: async (ms) => {
      micros += BigInt(Math.ceil(ms * 1_000));
      for (let i = 0; i < 4; i++) await Promise.resolve();
    },
  };
}

/** The same numbers for the same seed (mulberry32). */
export function testRandom(seed = 1): Random {
  let state = seed;
  const float = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(float() * 16).toString(16)).join('');
  return {
    float,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
    bytes: (length) => Uint8Array.from({ length }, () => Math.floor(float() * 256)),
  };
}

/** An environment in memory; `seed` tells writers apart. */
export function testEnvironment(
  options: { readonly store?: ObjectStore; readonly seed?: number } = {},
): DeltaEnvironment {
  return {
    store: options.store ?? memoryObjectStore(),
    codec: createParquetCodec({ workers: inThreadWorkers }),
    clock: testClock(),
    random: testRandom(options.seed),
  };
}
