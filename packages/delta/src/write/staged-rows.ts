import type { StagedRows } from '@millrace/core';
import type { AddFile, MetaData } from '../log/actions.ts';
import type { LogSource } from '../snapshot/load-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { decodePath } from './partition-path.ts';

/** Staged files and the definition they were written for. */
export interface DeltaStagedRows extends StagedRows {
  readonly files: readonly AddFile[];
  readonly keys: readonly string[];
  readonly writtenFor: Pick<MetaData, 'id' | 'schemaString' | 'partitionColumns'>;
}

/** Removes the staged files that the newest log does not name, neither as live nor as removed. */
export async function deleteUnused(
  source: Pick<LogSource, 'store' | 'location'>,
  newest: Snapshot | null,
  staged: DeltaStagedRows,
): Promise<void> {
  for (const { path: name } of staged.files) {
    const isUsed = newest !== null && (newest.files.get(name) ?? newest.tombstones.get(name)) !== undefined;
    const path = decodePath(name);
    if (!isUsed && path !== null) await source.store.delete(`${source.location}${path}`);
  }
}
