import {
  assert,
  type Failpoints,
  failure,
  type Metrics,
  type SinkOutcome,
  type StagedRows,
  type Wal,
} from '@millrace/core';
import type { LsnEras } from './lsn-eras.ts';
import type { HeldRows } from './memory-table.ts';
import { appliedLsn, type TableState } from './table-state.ts';

/** What a flush needs besides the table. */
export interface FlushContext {
  readonly wal: Wal;
  readonly eras: LsnEras;
  readonly metrics: Metrics;
  readonly failpoints: Failpoints;
}

/**
 * Brings what is in the memory table now into storage, in one commit per era (nearly always one):
 *
 *   a unit (from, S], on disk in the log -> stage files -> compare-and-set txn from -> S -> refresh -> publish: drop the rows <= S
 *
 * The new snapshot is published before the rows are dropped, in one synchronous step for every pin. Throws when the outcome is
 * not known; the next attempt then starts from what the table's log says.
 */
export async function flushTable(state: TableState, context: FlushContext): Promise<void> {
  if (state.aside !== null) throw state.aside;
  const target = state.memory.lastLsn;
  if (state.failures > 0) await publish(state, context);
  while (target !== null && !state.detached.signal.aborted) {
    const unit = nextUnit(state, context.eras, target);
    if (unit === null) break;
    try {
      await flushUnit(state, context, unit);
    } finally {
      unit.rows.release();
    }
  }
  await discardUndecided(state, context);
}

interface Unit {
  readonly rows: HeldRows;
  readonly appId: string;
  readonly from: bigint;
  readonly version: bigint;
}

/**
 * The rows up to `target` of the oldest era with rows, above what the cached snapshot contains; null if there are none. Rows and `from`
 * are of one snapshot: a refresh by somebody else may at any time reveal that an earlier attempt has landed.
 */
function nextUnit(state: TableState, eras: LsnEras, target: bigint): Unit | null {
  const snapshot = state.table.versioned.pin();
  try {
    state.memory.dropUpTo(eras.appliedIn(snapshot));
    const first = state.memory.firstLsn;
    if (first === null || first > target) return null;
    const { walId, lastLsn } = eras.of(first);
    const upTo = lastLsn !== null && lastLsn < target ? lastLsn : target;
    state.memory.seal(upTo);
    const rows = state.memory.hold(-1n, upTo);
    assert(rows.lastLsn !== null, 'a flush unit has rows');
    return { rows, appId: walId, from: snapshot.appliedLsn(walId), version: rows.lastLsn };
  } finally {
    snapshot.release();
  }
}

async function flushUnit(state: TableState, context: FlushContext, unit: Unit): Promise<void> {
  const { eras, metrics, failpoints } = context;
  failpoints.hit('flush.begin');
  const outcome = await commitUnit(state, context, unit);
  if (outcome === null) return;
  failpoints.hit('flush.committed');
  if (outcome.status === 'behind') throw setAside(state, unit.appId, outcome.progress);
  await publish(state, context);
  if (outcome.status === 'superseded') {
    metrics.count('flushes_superseded');
    return;
  }
  assert(
    appliedLsn(state, eras) >= unit.version,
    `a committed flush of ${state.table.name} is not in its newest snapshot`,
  );
  metrics.count('flushes');
  metrics.count('flushed_rows', unit.rows.rowCount);
}

/** null if the table was dropped meanwhile. */
async function commitUnit(state: TableState, context: FlushContext, unit: Unit): Promise<SinkOutcome | null> {
  const { sink } = state.table;
  const { wal, failpoints } = context;
  // Storage must never be ahead of the log: buffered rows are synced first.
  if (wal.durableLsn < unit.version) await wal.sync();
  const staged = await sink.stage(unit.rows.batches, state.detached.signal);
  failpoints.hit('flush.staged');
  if (state.detached.signal.aborted) {
    await discard(state, context, staged);
    return null;
  }
  let outcome: SinkOutcome;
  try {
    outcome = await sink.commit(staged, { appId: unit.appId, from: unit.from, version: unit.version });
  } catch (error) {
    state.undecided.push(staged);
    throw error;
  }
  if (outcome.status !== 'committed') await discard(state, context, staged);
  return outcome;
}

/** Makes the newest snapshot the pinned one and drops the rows that it contains. */
async function publish(state: TableState, { eras, failpoints }: FlushContext): Promise<void> {
  await state.table.versioned.refresh();
  failpoints.hit('flush.refreshed');
  state.memory.dropUpTo(appliedLsn(state, eras));
  failpoints.hit('flush.published');
}

/** Nobody can tell what happened to the table; its rows stay here and in the log, and other tables go on. */
function setAside(state: TableState, walId: string, progress: bigint): Error {
  const { name, tableId } = state.table;
  state.aside = failure(
    'dataCorrupted',
    {
      message: `table "${name}" (${tableId}) was set back behind what this server had committed to it: its progress for log ${walId} is ${progress}`,
    },
    {
      hint: 'Its newer rows are kept in the write-ahead log and in memory. Restore the table, then restart the server.',
      table: name,
    },
  );
  return state.aside;
}

async function discardUndecided(state: TableState, context: FlushContext): Promise<void> {
  for (const staged of state.undecided.splice(0)) await discard(state, context, staged);
}

/** Removes files that no commit will ever name; failing to is left to vacuum. */
async function discard(state: TableState, { metrics }: FlushContext, staged: StagedRows): Promise<void> {
  try {
    await state.table.sink.discard(staged);
  } catch {
    metrics.count('flush_discards_failed');
  }
}
