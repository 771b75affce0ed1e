import type { ObjectStore } from '@millrace/core';
import { logDirectory, parseLogFileName, versionName } from '../log/file-names.ts';

/** A complete checkpoint: one file, or all parts of one. */
export interface CheckpointChoice {
  readonly version: bigint;
  /** 1 = the classic single file. */
  readonly parts: number;
  /** The single file's name has no part numbers. */
  readonly isMultipart: boolean;
}

/** What a listing of the log shows. It may be stale or torn; the loader reads commits by name and does not rely on it. */
export interface LogListing {
  /** Newest first; at one version the single file before multipart ones. */
  readonly checkpoints: readonly CheckpointChoice[];
  /** The highest commit seen, -1n for none. */
  readonly lastCommit: bigint;
  readonly hasV2Checkpoint: boolean;
}

/** Lists the log from `fromVersion` on. Incomplete multipart checkpoints are left out. */
export async function listLog(
  store: ObjectStore,
  location: string,
  fromVersion: bigint,
  signal?: AbortSignal,
): Promise<LogListing> {
  const directory = logDirectory(location);
  const startAfter = fromVersion > 0n ? { startAfter: `${directory}${versionName(fromVersion)}` } : {};
  const checkpoints: CheckpointChoice[] = [];
  const parts = new Map<string, Set<number>>();
  let lastCommit = -1n;
  let hasV2Checkpoint = false;
  for await (const object of store.list(directory, { ...startAfter, ...(signal === undefined ? {} : { signal }) })) {
    const file = parseLogFileName(object.key.slice(directory.length));
    if (file === null) continue;
    if (file.kind === 'commit' && file.version > lastCommit) lastCommit = file.version;
    if (file.kind === 'checkpoint-v2') hasV2Checkpoint = true;
    // An empty object is a checkpoint that was never finished.
    if (file.kind === 'checkpoint' && object.size > 0) {
      checkpoints.push({ version: file.version, parts: 1, isMultipart: false });
    }
    if (file.kind === 'checkpoint-part' && object.size > 0) {
      const key = `${file.version}/${file.parts}`;
      const seen = parts.get(key) ?? new Set();
      parts.set(key, seen.add(file.part));
      if (seen.size === file.parts) checkpoints.push({ version: file.version, parts: file.parts, isMultipart: true });
    }
  }
  return { checkpoints: checkpoints.sort(newestFirst), lastCommit, hasV2Checkpoint };
}

function newestFirst(a: CheckpointChoice, b: CheckpointChoice): number {
  if (a.version !== b.version) return a.version > b.version ? -1 : 1;
  return Number(a.isMultipart) - Number(b.isMultipart) || a.parts - b.parts;
}
