import type { MemoryBudget, MemoryReservation } from '@millrace/core';

const STEP_BYTES = 64 * 1024;

/**
 * The memory of one running operator: grows in steps of 64 KiB so that the budget's tree is not walked for every batch.
 * Throws 53200 when the budget is exhausted. Law: `release` is called in `finally`.
 */
export class MemoryAccount {
  readonly #budget: MemoryBudget;
  readonly #what: string;
  #reservation: MemoryReservation | null = null;

  /** `what` names the operator in the error. */
  constructor(budget: MemoryBudget, what: string) {
    this.#budget = budget;
    this.#what = what;
  }

  /** Makes the reservation cover `bytes` in total; it may keep up to one step more, and shrinks when much is left over. */
  set(bytes: number): void {
    const reserved = this.#reservation?.bytes ?? 0;
    if (bytes <= reserved && reserved - bytes < 4 * STEP_BYTES) return;
    if (this.#reservation === null) {
      if (bytes > 0) this.#reservation = this.#budget.child(this.#what).reserve(this.#rounded(bytes));
      return;
    }
    this.#reservation.resize(this.#rounded(bytes));
  }

  /** Small states reserve what they need, so that small budgets are enough for small queries. */
  #rounded(bytes: number): number {
    const step = Math.min(STEP_BYTES, Math.max(1024, Math.floor(this.#budget.limitBytes / 64)));
    return Math.ceil(bytes / step) * step;
  }

  get bytes(): number {
    return this.#reservation?.bytes ?? 0;
  }

  release(): void {
    this.#reservation?.release();
    this.#reservation = null;
  }
}
