import {
  batchByteLength,
  decodeBatch,
  type Failpoints,
  failure,
  type MemoryBudget,
  type Metrics,
  type RecordBatch,
  type StoreRecovery,
  type TransactionStore,
} from '@millrace/core';
import type { SegmentedWal } from '../wal/segmented-wal.ts';
import { admit } from './admission.ts';
import type { LsnEras } from './lsn-eras.ts';
import type { ParkedRows } from './parked-rows.ts';
import { appliedLsn, type TableState } from './table-state.ts';
import { decodeTransaction, type TransactionRecord } from './transaction-record.ts';

/** What replaying needs of the store. */
export interface RecoveryContext {
  readonly store: TransactionStore;
  readonly wal: SegmentedWal;
  readonly eras: LsnEras;
  readonly memory: MemoryBudget;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
  readonly states: ReadonlyMap<string, TableState>;
  readonly parked: ParkedRows;
  /** Tables whose parked rows are in memory already. */
  readonly replayed: Set<TableState>;
  /** Whether a follower of the log saw numbers that it never reached. */
  readonly isFollowerAhead: () => boolean;
  /** Flushes to make room; false if nothing could be. */
  readonly relieve: () => Promise<boolean>;
  /** Each record, when it has been replayed. */
  readonly onReplayed: (lsn: bigint, state: readonly TableState[], hasNewCatalog: boolean) => void;
}

/**
 * Replays the log: catalog records above what the catalog stored, rows above what each table's log says, in lsn order and within the memory
 * budget. Changes nothing that a second run would not do again in the same way.
 */
export async function replayLog(recovery: StoreRecovery, context: RecoveryContext): Promise<void> {
  const { wal, eras, failpoints, store } = context;
  const catalogLsn = eras.passed((walId) => recovery.catalogLsn(walId));
  await replayParked(context);
  for await (const { lsn, payload } of wal.replay(0n)) {
    failpoints.hit('recovery.record');
    // A copy: small rows must not keep the log's read window alive.
    const record = decodeTransaction(payload.slice(), lsn);
    const isNewCatalog = record.catalog !== null && lsn > catalogLsn;
    if (isNewCatalog) {
      await recovery.onCatalogRecord(record.catalog!, lsn, store);
      await replayParked(context);
    }
    const touched: TableState[] = [];
    for (const part of record.tables) {
      const state = context.states.get(part.tableId);
      if (state === undefined) {
        checkDropped(recovery, part.tableId, lsn);
        context.metrics.count('wal_parts_of_dropped_tables');
      } else if (lsn > appliedLsn(state, eras) && lsn > context.parked.parkedLsn(part.tableId)) {
        await replayPart(state, part, lsn, context);
        touched.push(state);
      }
    }
    context.onReplayed(lsn, touched, isNewCatalog);
  }
  if (isStorageAhead(recovery, context)) {
    await wal.beginEra();
    eras.replace(wal.eras);
    context.metrics.count('wal_eras_begun');
  }
}

/** Parked rows come before those of the log: they are the older ones of their tables. Tables that have rows have been here before. */
async function replayParked(context: RecoveryContext): Promise<void> {
  for (const state of context.states.values()) {
    if (context.replayed.has(state)) continue;
    context.replayed.add(state);
    for await (const { lsn, part } of context.parked.records(state.table.tableId)) {
      if (lsn > appliedLsn(state, context.eras)) await replayPart(state, part, lsn, context);
    }
  }
}

async function replayPart(
  state: TableState,
  part: TransactionRecord['tables'][number],
  lsn: bigint,
  context: RecoveryContext,
): Promise<void> {
  const { name, schema, schemaId } = state.table;
  if (part.schemaId !== schemaId) {
    throw failure('dataCorrupted', {
      message: `write-ahead log record ${lsn} has rows of schema ${part.schemaId} of table "${name}", which has schema ${schemaId}`,
    });
  }
  const types = schema.fields.map((field) => field.type);
  // One record's rows are visible together: a flush to make room comes before the first of them, never between.
  const batches: RecordBatch[] = part.batches.map((bytes) => decodeBatch(bytes, types));
  const reservations = await admit(context.memory, batches.map(batchByteLength), context.relieve);
  batches.forEach((batch, index) => {
    state.memory.append(lsn, batch, reservations[index]!);
    context.metrics.count('recovered_rows', batch.rowCount);
  });
}

/** Rows of a table that nobody remembers are not rows of a dropped table: something is lost. */
function checkDropped(recovery: StoreRecovery, tableId: string, lsn: bigint): void {
  if (recovery.isDropped === undefined || recovery.isDropped(tableId)) return;
  throw failure('dataCorrupted', {
    message: `write-ahead log record ${lsn} has rows of table ${tableId}, which the catalog neither has nor remembers as dropped`,
  });
}

/** True if a table, the catalog or a follower has passed numbers that this log never reached: they must not be given out again under this id. */
function isStorageAhead(recovery: StoreRecovery, { wal, states, isFollowerAhead }: RecoveryContext): boolean {
  if (recovery.catalogLsn(wal.walId) > wal.lastLsn || isFollowerAhead()) return true;
  return [...states.values()].some(({ table }) => {
    const snapshot = table.versioned.pin();
    try {
      return snapshot.appliedLsn(wal.walId) > wal.lastLsn;
    } finally {
      snapshot.release();
    }
  });
}
