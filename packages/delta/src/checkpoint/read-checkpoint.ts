import { failure, MillraceError } from '@millrace/core';
import type { Action } from '../log/actions.ts';
import { checkpointKey, checkpointPartKey } from '../log/file-names.ts';
import type { CheckpointChoice } from '../snapshot/list-log.ts';
import type { LogSource } from '../snapshot/load-snapshot.ts';

/** The actions of a checkpoint, all parts. XX001 naming the file if one is missing or damaged. */
export async function readCheckpoint(source: LogSource, checkpoint: CheckpointChoice): Promise<Action[]> {
  const actions: Action[] = [];
  for (let part = 1; part <= checkpoint.parts; part++) {
    const key = checkpoint.isMultipart
      ? checkpointPartKey(source.location, checkpoint.version, part, checkpoint.parts)
      : checkpointKey(source.location, checkpoint.version);
    const where = source.store.describe(key);
    const bytes = await source.store.get(key);
    if (bytes === null) throw failure('dataCorrupted', { message: `checkpoint ${where} is missing` });
    try {
      for (const action of await source.codec.decodeCheckpoint(bytes)) actions.push(action);
    } catch (error) {
      if (error instanceof MillraceError && error.sqlstate === '0A000') throw error;
      const reason = error instanceof Error ? error.message : String(error);
      throw failure('dataCorrupted', { message: `checkpoint ${where}: ${reason}` }, { cause: error });
    }
  }
  return actions;
}
