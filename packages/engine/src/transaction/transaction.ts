import type { CatalogChange, MemoryBudget, MemoryReservation, RecordBatch } from '@millrace/core';
import { vectorByteLength } from '@millrace/core';

/** Rows of one table that the transaction wrote and has not committed. */
export interface OwnRows {
  readonly tableId: string;
  readonly schemaId: number;
  readonly batches: RecordBatch[];
}

/**
 * What an open transaction holds: its own DDL and rows, in memory until COMMIT makes one log record of them. Charged to the memory budget.
 */
export class Transaction {
  readonly startMicros: bigint;
  readonly changes: CatalogChange[] = [];
  readonly #own = new Map<string, OwnRows>();
  readonly #reservation: MemoryReservation;

  constructor(startMicros: bigint, memory: MemoryBudget) {
    this.startMicros = startMicros;
    this.#reservation = memory.reserve(0);
  }

  get hasWrites(): boolean {
    return this.changes.length > 0 || this.#own.size > 0;
  }

  /** The rows by table, for the commit. */
  get writes(): readonly OwnRows[] {
    return [...this.#own.values()];
  }

  /** The rows written to a table so far; a copy that later writes do not change. */
  ownRows(tableId: string): readonly RecordBatch[] {
    return [...(this.#own.get(tableId)?.batches ?? [])];
  }

  /** 53200 when the budget is used up; nothing was added then. */
  addRows(tableId: string, schemaId: number, batch: RecordBatch): void {
    if (batch.rowCount === 0) return;
    const bytes = batch.vectors.reduce((sum, vector) => sum + vectorByteLength(vector), 0);
    this.#reservation.resize(this.#reservation.bytes + bytes);
    const own = this.#own.get(tableId);
    if (own) own.batches.push(batch);
    else this.#own.set(tableId, { tableId, schemaId, batches: [batch] });
  }

  create(change: CatalogChange & { readonly kind: 'create-table' }): void {
    this.changes.push(change);
  }

  /** A table that this transaction created itself leaves no trace. */
  drop(tableId: string): void {
    this.#own.delete(tableId);
    const created = this.changes.findIndex(
      (change) => change.kind === 'create-table' && change.table.tableId === tableId,
    );
    if (created >= 0) this.changes.splice(created, 1);
    else this.changes.push({ kind: 'drop-table', tableId });
  }

  hasCreated(tableId: string): boolean {
    return this.changes.some((change) => change.kind === 'create-table' && change.table.tableId === tableId);
  }

  /** Frees the memory; the transaction must not be used any more. Idempotent. */
  end(): void {
    this.#own.clear();
    this.#reservation.release();
  }
}
