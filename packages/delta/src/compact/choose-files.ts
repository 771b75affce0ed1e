import type { AddFile } from '../log/actions.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** What is worth rewriting. */
export interface CompactOptions {
  /** Files of at least this size stay as they are, and no more than this is rewritten into one. Default 128 MiB. */
  readonly targetBytes?: number;
  /** Only this partition, by the values of the log; all if left out. */
  readonly partition?: Readonly<Record<string, string | null>>;
  readonly signal?: AbortSignal;
}

const TARGET_BYTES = 128 * 1024 * 1024;

/**
 * Live files to be written together: each list two or more of one partition, at most `targetBytes` of them.
 */
export function chooseFiles(snapshot: Snapshot, options: CompactOptions): readonly (readonly AddFile[])[] {
  const { targetBytes = TARGET_BYTES, partition } = options;
  const { partitionColumns } = snapshot.metaData;
  const keyOf = (values: AddFile['partitionValues']): string =>
    JSON.stringify(partitionColumns.map((column) => values[column] ?? null));
  const wanted = partition === undefined ? null : keyOf(partition);
  const bins = new Map<string, AddFile[][]>();
  for (const file of snapshot.files.values()) {
    const key = keyOf(file.partitionValues);
    if (file.size >= targetBytes || (wanted !== null && key !== wanted)) continue;
    const known = bins.get(key) ?? [];
    bins.set(key, known);
    const open = known.at(-1);
    if (open !== undefined && sizeOf(open) + file.size <= targetBytes) open.push(file);
    else known.push([file]);
  }
  return [...bins.values()].flat().filter((bin) => bin.length > 1);
}

function sizeOf(files: readonly AddFile[]): number {
  return files.reduce((sum, file) => sum + file.size, 0);
}
