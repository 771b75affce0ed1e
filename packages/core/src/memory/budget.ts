import { assert } from '../errors/millrace-error.ts';
import { failure } from '../errors/table.ts';
import type { MemoryBudget, MemoryReservation } from '../ports/memory-budget.ts';

/** A node of the tree. Reserving walks up twice: check, then count, so that a refusal changes nothing. */
class Budget implements MemoryBudget {
  readonly name: string;
  readonly limitBytes: number;
  readonly #parent: Budget | null;
  #usedBytes = 0;

  constructor(name: string, limitBytes: number, parent: Budget | null) {
    this.name = name;
    this.limitBytes = limitBytes;
    this.#parent = parent;
  }

  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** The node that has no room for `bytes` more, or null. */
  #refusing(bytes: number): Budget | null {
    for (let node: Budget | null = this; node !== null; node = node.#parent) {
      if (node.#usedBytes + bytes > node.limitBytes) return node;
    }
    return null;
  }

  #add(bytes: number): void {
    for (let node: Budget | null = this; node !== null; node = node.#parent) node.#usedBytes += bytes;
  }

  /** Counts `bytes` more or fewer; false when they do not fit. */
  tryChange(bytes: number): boolean {
    if (bytes > 0 && this.#refusing(bytes) !== null) return false;
    this.#add(bytes);
    return true;
  }

  change(bytes: number): void {
    if (this.tryChange(bytes)) return;
    const refusing = this.#refusing(bytes)!;
    throw failure('outOfMemory', {
      what: this.name,
      requestedBytes: bytes,
      availableBytes: refusing.limitBytes - refusing.#usedBytes,
      limitBytes: refusing.limitBytes,
    });
  }

  reserve(bytes: number): MemoryReservation {
    checkBytes(bytes);
    this.change(bytes);
    return new Reservation(this, bytes);
  }

  tryReserve(bytes: number): MemoryReservation | null {
    checkBytes(bytes);
    return this.tryChange(bytes) ? new Reservation(this, bytes) : null;
  }

  child(name: string, limitBytes: number = this.limitBytes): MemoryBudget {
    return new Budget(name, limitBytes, this);
  }
}

function checkBytes(bytes: number): void {
  assert(Number.isSafeInteger(bytes) && bytes >= 0, `a reservation is a count of bytes, not ${bytes}`);
}

class Reservation implements MemoryReservation {
  readonly #budget: Budget;
  #bytes: number;
  #released = false;

  constructor(budget: Budget, bytes: number) {
    this.#budget = budget;
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  resize(bytes: number): void {
    checkBytes(bytes);
    assert(!this.#released, 'a released reservation cannot be resized');
    this.#budget.change(bytes - this.#bytes);
    this.#bytes = bytes;
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#budget.change(-this.#bytes);
    this.#bytes = 0;
  }
}

/** The root of a budget tree (or a tree of its own). */
export function createMemoryBudget(name: string, limitBytes: number): MemoryBudget {
  return new Budget(name, limitBytes, null);
}
