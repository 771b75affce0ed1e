import type { Random } from '@millrace/core';

/** Random with its integers: everything a simulated world draws comes from one seed. */
export interface SeededRandom extends Random {
  /** Uniform in 0 .. limit - 1. */
  integer(limit: number): number;
  /** True with the probability. */
  chance(probability: number): boolean;
  /** An independent stream, so that one consumer's draws do not shift another's. */
  fork(): SeededRandom;
}

/** The same seed gives the same draws for ever (mulberry32: small, fast, good enough to shuffle faults; not for secrets). */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => next() & 0xff);
  return {
    integer: (limit) => next() % limit,
    chance: (probability) => next() < probability * 2 ** 32,
    fork: () => seededRandom(next()),
    float: () => next() / 2 ** 32,
    bytes,
    uuid(): string {
      const raw = bytes(16);
      raw[6] = (raw[6]! & 0x0f) | 0x40;
      raw[8] = (raw[8]! & 0x3f) | 0x80;
      const hex = Array.from(raw, (byte) => byte.toString(16).padStart(2, '0')).join('');
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
  };
}
