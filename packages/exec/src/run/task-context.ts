import type {
  ColumnVector,
  EvaluationContext,
  MemoryBudget,
  Metrics,
  MillraceError,
  RecordBatch,
  TableProvider,
} from '@millrace/core';
import { failure, MillraceError as MillraceErrorClass } from '@millrace/core';
import type { OuterColumns } from './outer-columns.ts';
import type { StatisticsCollector } from './statistics.ts';

/**
 * What one execution of a compiled plan may use. Everything that lives longer than the plan (tables, budget, clock) comes through
 * here, so that one compiled plan serves many executions, also at the same time.
 */
export interface TaskContext {
  /** Stops the execution between batches; the reason reaches the client if it is a MillraceError, else 57014. */
  readonly signal: AbortSignal;
  /** Preferred rows a batch. */
  readonly batchRows: number;
  /** Hash tables, sorts, joins and cached subqueries are reserved here; all of it is released when the execution ends in any way. */
  readonly memory: MemoryBudget;
  readonly evaluation: EvaluationContext;
  readonly metrics: Metrics;
  /** The pinned table of a scan. */
  table(tableId: string): TableProvider;
  /** The engine's write funnel: full rows in the table's field order; gives them back as they were admitted. */
  write(tableId: string, schemaId: number, batch: RecordBatch): Promise<RecordBatch> | RecordBatch;
  /** Statistics per plan node for EXPLAIN ANALYZE; null = not collected. */
  readonly stats: StatisticsCollector | null;
  /** Columns of enclosing Apply rows; absent at the top. */
  readonly outer?: OuterColumns;
  /**
   * Gives the event loop a turn, so that a cancel request can arrive while a plan computes without I/O; called every few batches.
   * Absent = never.
   */
  readonly pause?: () => Promise<void>;
  /** The bits of keys' hashes that count; 0 = all keys collide, so that nothing but comparing them tells them apart. Absent = all bits. */
  readonly hashMask?: number;
  /** Rows for a direct insert of one row of parameters, which is then inserted as often as there are rows here. Absent = the parameters' values. */
  readonly parameterRows?: ParameterRows;
  /** Rows that a client sends while the plan runs. Absent = the plan reads none. */
  readonly clientRows?: AsyncIterable<RecordBatch>;
}

/** Many rows of parameters, decoded: a column per parameter, `$1` first, of the type of the field that it goes into, lengths and scales included. */
export interface ParameterRows {
  readonly rowCount: number;
  readonly columns: readonly ColumnVector[];
}

/** Throws if the execution was aborted: the signal's reason if it is an error for clients, else `queryCanceled` (57014). */
export function throwIfAborted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw abortError(signal);
}

function abortError(signal: AbortSignal): MillraceError {
  const reason: unknown = signal.reason;
  return reason instanceof MillraceErrorClass ? reason : failure('queryCanceled', {}, { cause: reason });
}

const BATCHES_PER_TURN = 16;

/** Checks for an abort at every step and gives the event loop a turn every 16 steps; one per running operator that can run long without I/O. */
export class Pacer {
  readonly #task: TaskContext;
  #steps = 0;

  constructor(task: TaskContext) {
    this.#task = task;
  }

  /** Whether the caller must `await turn()` now. Throws if aborted. */
  step(): boolean {
    throwIfAborted(this.#task.signal);
    this.#steps++;
    return this.#steps % BATCHES_PER_TURN === 0 && this.#task.pause !== undefined;
  }

  async turn(): Promise<void> {
    await this.#task.pause?.();
    throwIfAborted(this.#task.signal);
  }
}
