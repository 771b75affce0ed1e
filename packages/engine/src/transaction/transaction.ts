import {
  assert,
  batchByteLength,
  type CatalogChange,
  type MemoryBudget,
  type MemoryReservation,
  type RecordBatch,
} from '@millrace/core';

/** Rows of one table that the transaction wrote and has not committed. */
export interface OwnRows {
  readonly tableId: string;
  readonly schemaId: number;
  readonly batches: RecordBatch[];
  byteCount: number;
}

type CreateTable = CatalogChange & { readonly kind: 'create-table' };

/**
 * What an open transaction holds: its own DDL and rows, in memory until COMMIT makes one log record of them. Charged to the memory budget.
 */
export class Transaction {
  readonly startMicros: bigint;
  /** Whether a query or INSERT ran: READ WRITE comes too late then. */
  hasQueried = false;
  readonly changes: CatalogChange[] = [];
  readonly #own = new Map<string, OwnRows>();
  readonly #ifNotExists = new Set<string>();
  readonly #reservation: MemoryReservation;
  readonly #relieve: () => Promise<boolean>;
  #isOpen = true;

  constructor(options: {
    readonly startMicros: bigint;
    readonly memory: MemoryBudget;
    /** See `TransactionStore.relieve`. */
    readonly relieve: () => Promise<boolean>;
  }) {
    this.startMicros = options.startMicros;
    this.#reservation = options.memory.child('transaction').reserve(0);
    this.#relieve = options.relieve;
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

  /**
   * Adds rows to a table's own. Buffered rows are flushed to make room for them; 53200 when the budget is used up all the same, and nothing was added
   * then. A promise only when it had to wait.
   */
  addRows(tableId: string, schemaId: number, batch: RecordBatch): void | Promise<void> {
    if (batch.rowCount === 0) return;
    const bytes = batchByteLength(batch);
    assert(this.#isOpen, 'rows for a transaction that is over');
    try {
      this.#reservation.resize(this.#reservation.bytes + bytes);
    } catch (error) {
      return this.#addWithRelief({ tableId, schemaId }, batch, error);
    }
    const own = this.#own.get(tableId);
    if (own) {
      own.batches.push(batch);
      own.byteCount += bytes;
    } else this.#own.set(tableId, { tableId, schemaId, batches: [batch], byteCount: bytes });
  }

  async #addWithRelief(
    target: { readonly tableId: string; readonly schemaId: number },
    batch: RecordBatch,
    error: unknown,
  ): Promise<void> {
    if (!(await this.#relieve()) || !this.#isOpen) throw error;
    await this.addRows(target.tableId, target.schemaId, batch);
  }

  /** `ifNotExists`: gives way to a table of this name that another session commits first, unless it has rows by then. */
  create(change: CreateTable, options: { readonly ifNotExists: boolean }): void {
    this.changes.push(change);
    if (options.ifNotExists) this.#ifNotExists.add(change.table.tableId);
  }

  /** Whether the table of this CREATE TABLE may give way to another of its name. */
  givesWay(change: CreateTable): boolean {
    const { tableId } = change.table;
    return this.#ifNotExists.has(tableId) && !this.#own.has(tableId);
  }

  /** A table that this transaction created itself leaves no trace. */
  drop(tableId: string): void {
    const own = this.#own.get(tableId);
    if (own !== undefined) this.#reservation.resize(this.#reservation.bytes - own.byteCount);
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

  /** Gives up the memory that is charged for the rows: the transaction store charges them from here on. */
  handOver(): void {
    this.#reservation.resize(0);
  }

  /** Frees the memory; the transaction must not be written to any more. Idempotent. */
  end(): void {
    this.#isOpen = false;
    this.#own.clear();
    this.#reservation.release();
  }
}
