import { assert, type RecordBatch, type StorePin, type TableProvider, type VersionedSnapshot } from '@millrace/core';
import type { LsnEras } from './lsn-eras.ts';
import type { HeldRows } from './memory-table.ts';
import type { TableState } from './table-state.ts';
import { unionProvider } from './union-provider.ts';

interface PinnedTable {
  readonly state: TableState;
  readonly snapshot: VersionedSnapshot;
  readonly rows: HeldRows;
}

/** Pins the tables, synchronously: each one's cached snapshot, and the memory rows with txn(snapshot) < lsn <= `visibleLsn`. */
export function pinTables(states: readonly TableState[], visibleLsn: bigint, eras: LsnEras): StorePin {
  const pinned = new Map<string, PinnedTable>();
  for (const state of states) {
    const snapshot = state.table.versioned.pin();
    const rows = state.memory.hold(eras.appliedIn(snapshot), visibleLsn);
    pinned.set(state.table.tableId, { state, snapshot, rows });
  }
  let isReleased = false;
  return {
    lsn: visibleLsn,
    table(tableId: string, own: readonly RecordBatch[]): TableProvider {
      const table = pinned.get(tableId);
      assert(table !== undefined && !isReleased, `table ${tableId} is not pinned`);
      const { state, snapshot, rows } = table;
      return unionProvider({ schema: state.table.schema, snapshot, memory: [...rows.batches, ...own] });
    },
    release(): void {
      if (isReleased) return;
      isReleased = true;
      for (const { snapshot, rows } of pinned.values()) {
        rows.release();
        snapshot.release();
      }
    },
  };
}
