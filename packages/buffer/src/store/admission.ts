import { failure, type MemoryBudget, type MemoryReservation } from '@millrace/core';

/**
 * Memory for rows that are about to be logged: one reservation each, all or none. When they do not fit, `relieve` is asked to free some (it
 * flushes, or waits for what is under way) until it cannot. 53200 then, with nothing reserved.
 */
export async function admit(
  memory: MemoryBudget,
  sizes: readonly number[],
  relieve: () => Promise<boolean>,
): Promise<readonly MemoryReservation[]> {
  const total = sizes.reduce((sum, bytes) => sum + bytes, 0);
  for (;;) {
    const reservations = reserveAll(memory, sizes);
    if (reservations !== null) return reservations;
    if (total <= memory.limitBytes && (await relieve())) continue;
    throw failure('outOfMemory', {
      what: memory.name,
      requestedBytes: total,
      availableBytes: Math.max(0, memory.limitBytes - memory.usedBytes),
      limitBytes: memory.limitBytes,
    });
  }
}

function reserveAll(memory: MemoryBudget, sizes: readonly number[]): readonly MemoryReservation[] | null {
  const reservations: MemoryReservation[] = [];
  for (const bytes of sizes) {
    const reservation = memory.tryReserve(bytes);
    if (reservation === null) {
      for (const made of reservations) made.release();
      return null;
    }
    reservations.push(reservation);
  }
  return reservations;
}
