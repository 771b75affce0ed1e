import type { AddFile } from '../log/actions.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

const ROWS_OF_SNAPSHOT: WeakMap<Snapshot, number> = new WeakMap();
const ROWS_OF_FILE: WeakMap<AddFile, number | null> = new WeakMap();

/**
 * About how many rows a snapshot has: the sum over its files of what their statistics say, a file without any counting as the average one. undefined if no
 * file says anything. Each file's text is looked at once, and only for its number, since the rest may be long.
 */
export function estimateRows(snapshot: Snapshot): number | undefined {
  const known = ROWS_OF_SNAPSHOT.get(snapshot);
  if (known !== undefined) return known;
  let rows = 0;
  let counted = 0;
  let files = 0;
  for (const file of snapshot.files.values()) {
    const count = rowsOf(file);
    files++;
    if (count === null) continue;
    rows += count;
    counted++;
  }
  if (files > 0 && counted === 0) return undefined;
  const estimate = files === 0 ? 0 : Math.round((rows / counted) * files);
  ROWS_OF_SNAPSHOT.set(snapshot, estimate);
  return estimate;
}

function rowsOf(file: AddFile): number | null {
  let rows = ROWS_OF_FILE.get(file);
  if (rows === undefined) {
    const found = /"numRecords"\s*:\s*(\d{1,15})/.exec(file.stats ?? '');
    rows = found === null ? null : Number(found[1]);
    ROWS_OF_FILE.set(file, rows);
  }
  return rows;
}
