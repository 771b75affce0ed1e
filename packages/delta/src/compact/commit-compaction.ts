import { failure } from '@millrace/core';
import type { AppendTarget } from '../commit/append.ts';
import { commitInfo } from '../commit/commit-info.ts';
import { backoff, putCommit } from '../commit/put-commit.ts';
import type { Action, AddFile } from '../log/actions.ts';
import { assertWritable } from '../log/features.ts';
import { nextSnapshot, type Snapshot } from '../snapshot/snapshot.ts';

/** Files with the same rows in the place of others, made from one version of the table. */
export interface Compaction {
  readonly from: Snapshot;
  readonly removed: readonly AddFile[];
  readonly added: readonly AddFile[];
}

/** failed: the store refused the commit and it will not land; what `commitCompaction` throws leaves that open. */
export type CommitOutcome =
  | { readonly status: 'committed'; readonly tableVersion: bigint }
  | { readonly status: 'conflict' }
  | { readonly status: 'failed'; readonly error: unknown };

/**
 * Commits a compaction above whatever was committed since its files were read. Appends do not disturb it: it says nothing about their files, and
 * no application's progress is touched. It is given up (`conflict`) if one of its files is no longer live, or is another one now, since its rows would
 * come back or count twice; and if the table's definition changed. Bounded by `commitTimeoutMs` (40001).
 */
export async function commitCompaction(target: AppendTarget, compaction: Compaction): Promise<CommitOutcome> {
  const deadlineMs = target.clock.monotonicMs() + target.commitTimeoutMs;
  const txnId = target.random.uuid();
  const where = target.store.describe(target.location);
  let snapshot = target.current();
  for (let attempt = 0; ; attempt++) {
    if (!isPossible(snapshot, compaction)) return { status: 'conflict' };
    const actions = actionsOf(target, compaction, txnId);
    const result = await putCommit(target, snapshot.version + 1n, { txnId, actions, deadlineMs });
    if (result.status === 'failed') return result;
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

function isPossible(snapshot: Snapshot, { from, removed }: Compaction): boolean {
  const { protocol, metaData } = snapshot;
  assertWritable(protocol, metaData);
  const isSameTable =
    metaData.id === from.metaData.id &&
    metaData.schemaString === from.metaData.schemaString &&
    metaData.partitionColumns.join('\0') === from.metaData.partitionColumns.join('\0');
  return isSameTable && removed.every((file) => isSameFile(snapshot.files.get(file.path), file));
}

/** Statistics may be rewritten in place; rows may not. */
function isSameFile(live: AddFile | undefined, file: AddFile): boolean {
  return live !== undefined && live.size === file.size && live.modificationTime === file.modificationTime;
}

function actionsOf(target: AppendTarget, { from, removed, added }: Compaction, txnId: string): Action[] {
  const timestampMs = target.nowMs();
  const { partitionColumns } = from.metaData;
  const bytes = added.reduce((sum, add) => sum + add.size, 0);
  const metrics = { files: added.length, removedFiles: removed.length, bytes };
  return [
    {
      kind: 'commitInfo',
      commitInfo: commitInfo({ operation: 'OPTIMIZE', txnId, timestampMs, partitionColumns, metrics }),
    },
    ...removed.map(
      ({ path, partitionValues, size }): Action => ({
        kind: 'remove',
        remove: {
          path,
          deletionTimestamp: timestampMs,
          dataChange: false,
          extendedFileMetadata: true,
          partitionValues,
          size,
        },
      }),
    ),
    ...added.map((add): Action => ({ kind: 'add', add: { ...add, dataChange: false } })),
  ];
}
