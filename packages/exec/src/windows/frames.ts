import type { WindowFrame } from '@millrace/planner';
import type { Partitions } from './partitions.ts';

/** The rows each row's functions see: `starts[i] .. ends[i] - 1` without what `exclude` names. Law: inside one partition both ends only grow. */
export interface Frames {
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly exclude: WindowFrame['exclude'];
}

/** Takes the runs of rows that a frame is made of, in order: one, or up to three if something is excluded. */
export type RunVisitor = (start: number, end: number) => void;

/** The runs of row i's frame that are not empty. */
export function visitFrame(frames: Frames, { groupStarts, groupOf }: Partitions, i: number, visit: RunVisitor): void {
  const start = frames.starts[i] as number;
  const end = frames.ends[i] as number;
  if (start >= end) return;
  if (frames.exclude === 'nothing') {
    visit(start, end);
    return;
  }
  const isGroup = frames.exclude !== 'current-row';
  const group = groupOf[i] as number;
  const from = isGroup ? (groupStarts[group] as number) : i;
  const to = isGroup ? (groupStarts[group + 1] as number) : i + 1;
  if (start < from) visit(start, Math.min(end, from));
  if (frames.exclude === 'ties' && start <= i && i < end) visit(i, i + 1);
  if (end > to) visit(Math.max(start, to), end);
}

/** The nth row of row i's frame, counted from 0, or from its end for a negative n (-1 is the last); -1 if it has no such row. */
export function nthOfFrame(frames: Frames, partitions: Partitions, i: number, n: number): number {
  let before = 0;
  let found = -1;
  let size = 0;
  if (n < 0) visitFrame(frames, partitions, i, (start, end) => (size += end - start));
  const wanted = n < 0 ? size + n : n;
  visitFrame(frames, partitions, i, (start, end) => {
    if (found < 0 && wanted >= before && wanted < before + end - start) found = start + wanted - before;
    before += end - start;
  });
  return found;
}
