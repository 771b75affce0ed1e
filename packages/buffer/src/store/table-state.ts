import type { MemoryBudget, StagedRows, StoredTable } from '@millrace/core';
import type { LsnEras } from './lsn-eras.ts';
import { MemoryTable } from './memory-table.ts';

/** One attached table. */
export interface TableState {
  readonly table: StoredTable;
  readonly memory: MemoryTable;
  /** Set when the table is dropped; stops its flush. */
  readonly detached: AbortController;
  /** When its oldest buffered row came (monotonic ms); null if it has none. */
  oldestMs: number | null;
  /** The flush that is running. */
  flushing: Promise<void> | null;
  /** Failed flushes in a row, and when the next one may start by itself (monotonic ms). */
  failures: number;
  retryAtMs: number;
  /** Why it was set aside: storage is behind what was once committed. Flushes throw it. */
  aside: Error | null;
  /** Staged files of attempts whose outcome was not known; removed once a later attempt decided. */
  undecided: StagedRows[];
}

/** A table with nothing buffered. */
export function newTableState(table: StoredTable, budget: MemoryBudget): TableState {
  return {
    table,
    memory: new MemoryTable(
      table.schema.fields.map((field) => field.type),
      budget,
    ),
    detached: new AbortController(),
    oldestMs: null,
    flushing: null,
    failures: 0,
    retryAtMs: 0,
    aside: null,
    undecided: [],
  };
}

/** The highest lsn that the table's cached snapshot contains. */
export function appliedLsn(state: TableState, eras: LsnEras): bigint {
  const snapshot = state.table.versioned.pin();
  try {
    return eras.appliedIn(snapshot);
  } finally {
    snapshot.release();
  }
}

/** About how many rows the table has: those of its cached snapshot and the buffered ones, of which a few may be both. */
export function estimatedRows(state: TableState | undefined): number | undefined {
  if (state === undefined) return undefined;
  const snapshot = state.table.versioned.pin();
  try {
    const stored = snapshot.estimatedRows?.();
    return stored === undefined ? undefined : stored + state.memory.rowCount;
  } finally {
    snapshot.release();
  }
}
