/**
 * One tree of byte counts. A child's reservation counts in every ancestor. Law: what is reserved is released, in `finally`.
 */
export interface MemoryBudget {
  readonly name: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
  /** Throws 53200 (`outOfMemory`) when it does not fit here or in an ancestor. */
  reserve(bytes: number): MemoryReservation;
  tryReserve(bytes: number): MemoryReservation | null;
  child(name: string, limitBytes?: number): MemoryBudget;
}
/** Bytes taken from a budget, and from the budgets above it. */
export interface MemoryReservation {
  readonly bytes: number;
  /** Changes the size; throws 53200 and keeps the old size when it does not fit. */
  resize(bytes: number): void;
  /** Idempotent. */
  release(): void;
}
