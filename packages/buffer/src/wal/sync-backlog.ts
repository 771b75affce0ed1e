import type { PendingRecord } from './group-commit.ts';

/** Records that are written and that no sync covers yet, oldest first; all of them are in the active segment. */
export class SyncBacklog {
  #records: PendingRecord[] = [];
  #byteCount = 0;

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }
  get byteCount(): number {
    return this.#byteCount;
  }

  /** A group was written: those who wait for no more go on. */
  add(group: readonly PendingRecord[], byteCount: number): void {
    this.#records.push(...group);
    this.#byteCount += byteCount;
    for (const { written } of group) written.resolve();
  }

  /** A sync covered all of them. */
  confirm(): void {
    for (const { durable } of this.#take()) durable.resolve();
  }

  /** None will come. */
  fail(error: Error): void {
    rejectAll(this.#take(), error);
  }

  #take(): readonly PendingRecord[] {
    const records = this.#records;
    this.#records = [];
    this.#byteCount = 0;
    return records;
  }
}

/** What was promised of the records does not happen. */
export function rejectAll(records: readonly PendingRecord[], error: Error): void {
  for (const { written, durable } of records) {
    written.reject(error);
    durable.reject(error);
  }
}
