import { assert, failure, type SinkOutcome, type SinkProgress, sameType } from '@millrace/core';
import type { Action, AddFile, MetaData } from '../log/actions.ts';
import { assertWritable } from '../log/features.ts';
import { parseSchemaString } from '../schema/schema-string.ts';
import { nextSnapshot, type Snapshot } from '../snapshot/snapshot.ts';
import { commitInfo } from './commit-info.ts';
import { backoff, type CommitTarget, putCommit } from './put-commit.ts';

/** A blind append of files, with an application's progress as its compare-and-set. */
export interface AppendRequest {
  readonly adds: readonly AddFile[];
  readonly rowCount: number;
  /** The definition that the files were written for. */
  readonly writtenFor: Pick<MetaData, 'id' | 'schemaString' | 'partitionColumns'>;
  readonly progress: SinkProgress;
}

/** What `appendFiles` needs of its table. */
export interface AppendTarget extends CommitTarget {
  /** The newest known snapshot; the commit goes above it. */
  readonly current: () => Snapshot;
  /** Reads what is new in the log. */
  readonly refresh: () => Promise<Snapshot>;
  /** Takes a newer snapshot over. */
  readonly publish: (snapshot: Snapshot) => void;
  readonly commitTimeoutMs: number;
  readonly nowMs: () => number;
}

/** failed: the store refused the commit and it will not land; what `appendFiles` throws leaves that open. */
export type AppendOutcome = SinkOutcome | { readonly status: 'failed'; readonly error: unknown };

/**
 * Commits an append exactly once. N is the application's progress in the newest log:
 *
 *   N = from            put the next version; if another commit took it, apply that commit, look at N again, try the next
 *   N >= version        applied: an earlier attempt landed
 *   from < N < version  superseded: an earlier, smaller attempt landed late
 *   N < from            behind: somebody reset the table
 *
 * An append reads nothing, so another's adds and removes never conflict with it. Another's metaData or protocol is checked anew: what
 * we cannot write any more is 0A000, a definition that the files do not fit is 40001. Bounded by `commitTimeoutMs` (40001).
 */
export async function appendFiles(target: AppendTarget, request: AppendRequest): Promise<AppendOutcome> {
  const { appId, from, version } = request.progress;
  assert(version > from, 'a flush unit ends above its start');
  const deadlineMs = target.clock.monotonicMs() + target.commitTimeoutMs;
  const txnId = target.random.uuid();
  let snapshot = target.current();
  if (progressOf(snapshot, appId) !== from) snapshot = await target.refresh();
  for (let attempt = 0; ; attempt++) {
    const reached = progressOf(snapshot, appId);
    if (reached >= version) return { status: 'applied', tableVersion: snapshot.version };
    if (reached > from) return { status: 'superseded', progress: reached };
    if (reached < from) return { status: 'behind', progress: reached };
    snapshot = await fittingSnapshot(target, snapshot, request);
    if (progressOf(snapshot, appId) !== from) continue;
    const actions = actionsOf(target, request, snapshot, txnId);
    const result = await putCommit(target, snapshot.version + 1n, { txnId, actions, deadlineMs });
    if (result.status === 'failed') return result;
    const where = target.store.describe(target.location);
    snapshot = nextSnapshot(snapshot, result.status === 'ours' ? actions : result.actions, where);
    target.publish(snapshot);
    if (result.status === 'ours') return { status: 'committed', tableVersion: snapshot.version };
    if (target.clock.monotonicMs() >= deadlineMs) {
      const message = `could not commit to ${where} in ${target.commitTimeoutMs} ms because of concurrent commits`;
      throw failure('serializationFailure', { message });
    }
    await backoff(target, attempt);
  }
}

/** The snapshot if the files fit its definition. A definition that does not may be an old one: the log is asked before it is refused. */
async function fittingSnapshot(target: AppendTarget, snapshot: Snapshot, request: AppendRequest): Promise<Snapshot> {
  try {
    assertFits(snapshot, request.writtenFor);
    return snapshot;
  } catch (error) {
    const newest = await target.refresh();
    if (newest.version === snapshot.version) throw error;
    assertFits(newest, request.writtenFor);
    return newest;
  }
}

function progressOf(snapshot: Snapshot, appId: string): bigint {
  return snapshot.txns.get(appId)?.version ?? -1n;
}

function actionsOf(target: AppendTarget, request: AppendRequest, snapshot: Snapshot, txnId: string): Action[] {
  const timestampMs = target.nowMs();
  const { partitionColumns } = snapshot.metaData;
  const bytes = request.adds.reduce((sum, add) => sum + add.size, 0);
  const metrics = { files: request.adds.length, rows: request.rowCount, bytes };
  const { appId, version } = request.progress;
  return [
    {
      kind: 'commitInfo',
      commitInfo: commitInfo({ operation: 'WRITE', txnId, timestampMs, partitionColumns, metrics }),
    },
    { kind: 'txn', txn: { appId, version, lastUpdated: timestampMs } },
    ...request.adds.map((add) => ({ kind: 'add', add }) as const),
  ];
}

/** Whether files written for one definition of the table belong into its current one. */
function assertFits(snapshot: Snapshot, writtenFor: AppendRequest['writtenFor']): void {
  const { protocol, metaData } = snapshot;
  assertWritable(protocol, metaData);
  if (metaData.id !== writtenFor.id) {
    const message = `the Delta table is another one now: its id is ${metaData.id}, not ${writtenFor.id}`;
    throw failure('notInPrerequisiteState', { message });
  }
  const isSame =
    metaData.schemaString === writtenFor.schemaString ||
    isSuperset(snapshot, parseSchemaString(writtenFor.schemaString).fields);
  const samePartitions = metaData.partitionColumns.join('\0') === writtenFor.partitionColumns.join('\0');
  if (!isSame || !samePartitions) {
    throw failure('serializationFailure', { message: 'the definition of the Delta table was changed concurrently' });
  }
}

/** The table has the written columns unchanged, and its other columns may be NULL. */
function isSuperset(snapshot: Snapshot, written: Snapshot['schema']['fields']): boolean {
  const { fields } = snapshot.schema;
  return (
    written.every((field) => fields.some((now) => now.name === field.name && sameType(now.type, field.type))) &&
    fields.every((now) => now.nullable || written.some((field) => field.name === now.name))
  );
}
