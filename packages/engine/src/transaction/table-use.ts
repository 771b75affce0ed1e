/** Counts the statements that read each table, so that the files of a dropped one stay until the last of them ends. */
export class TableUse {
  readonly #counts = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** Returns the idempotent release. */
  acquire(tableIds: readonly string[]): () => void {
    for (const id of tableIds) this.#counts.set(id, (this.#counts.get(id) ?? 0) + 1);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      for (const id of tableIds) this.#release(id);
    };
  }

  /** Resolves when no statement reads the table. */
  whenUnused(tableId: string): Promise<void> {
    if (!this.#counts.has(tableId)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.set(tableId, [...(this.#waiting.get(tableId) ?? []), resolve]);
    });
  }

  #release(id: string): void {
    const left = (this.#counts.get(id) ?? 1) - 1;
    if (left > 0) {
      this.#counts.set(id, left);
      return;
    }
    this.#counts.delete(id);
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.delete(id);
    for (const resolve of waiting) resolve();
  }
}
