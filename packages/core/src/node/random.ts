import { randomBytes, randomUUID } from 'node:crypto';
import type { Random } from '../ports/clock.ts';

/** Cryptographic randomness of the operating system. */
export const nodeRandom: Random = Object.freeze({
  uuid: (): string => randomUUID(),
  float(): number {
    // 53 bits, as Math.random has.
    const bytes = randomBytes(8);
    return (bytes.readUInt32LE(0) * 2 ** 21 + (bytes.readUInt32LE(4) >>> 11)) / 2 ** 53;
  },
  bytes: (length: number): Uint8Array => new Uint8Array(randomBytes(length)),
});
