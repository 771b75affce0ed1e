import { assert, compileExpr, failure, isNullAt, type Value, valueAt } from '@millrace/core';
import type { FrameBound, WindowFrame } from '@millrace/planner';
import { rowInput } from '../expressions/inputs.ts';
import type { TaskContext } from '../run/task-context.ts';
import type { Frames } from './frames.ts';
import type { Partitions, WindowKeys } from './partitions.ts';
import { type RangeDistance, rangeDistance } from './range-distance.ts';

/** The offsets of a frame during one execution; null where a bound has none. */
export interface FrameOffsets {
  readonly start: Value;
  readonly end: Value;
}

/** Evaluates a frame's offsets, once and also for no rows: 22004 for NULL, 22013 for a negative number of rows or groups. */
export function compileOffsets(frame: WindowFrame): (task: TaskContext) => FrameOffsets {
  const compiled = [frame.start, frame.end].map((bound) => ('offset' in bound ? compileExpr(bound.offset) : null));
  return (task) => {
    const [start = null, end = null] = compiled.map((offset, k) => {
      if (offset === null) return null;
      const which = k === 0 ? 'starting' : 'ending';
      const value = valueAt(offset(rowInput(task.outer), task.evaluation), 0);
      if (value === null) throw failure('nullNotAllowed', { message: `frame ${which} offset must not be null` });
      if (frame.mode !== 'range' && (value as bigint) < 0n) {
        throw failure('invalidFrameOffset', { message: `frame ${which} offset must not be negative` });
      }
      return value;
    });
    return { start, end };
  };
}

/** What frames are found with. */
export interface FrameInputs {
  readonly partitions: Partitions;
  readonly keys: WindowKeys;
  readonly offsets: FrameOffsets;
  readonly task: TaskContext;
}

/** The frame of every row, in one pass over the sorted rows. */
export function framesOf(frame: WindowFrame, inputs: FrameInputs): Frames {
  const starts = boundRows(frame, frame.start, { ...inputs, offset: inputs.offsets.start, isEnd: false });
  const ends = boundRows(frame, frame.end, { ...inputs, offset: inputs.offsets.end, isEnd: true });
  return { starts, ends, exclude: frame.exclude };
}

interface BoundInputs extends FrameInputs {
  readonly offset: Value;
  readonly isEnd: boolean;
}

/** For each row the first row of its frame, or (isEnd) the first one behind it. */
function boundRows(frame: WindowFrame, bound: FrameBound, inputs: BoundInputs): Int32Array {
  const { partitions, isEnd } = inputs;
  switch (bound.kind) {
    case 'unbounded-preceding':
      return runEdges(partitions.partitionStarts, partitions.partitionOf, 0);
    case 'unbounded-following':
      return runEdges(partitions.partitionStarts, partitions.partitionOf, 1);
    case 'current-row':
      if (frame.mode === 'rows') return Int32Array.from(partitions.groupOf, (_, i) => (isEnd ? i + 1 : i));
      return runEdges(partitions.groupStarts, partitions.groupOf, isEnd ? 1 : 0);
    default:
      if (frame.mode === 'range') return rangeEdges(bound.kind, inputs);
      return frame.mode === 'rows' ? rowEdges(bound.kind, inputs) : groupEdges(bound.kind, inputs);
  }
}

/** The start of each row's run, or of the next run. */
function runEdges(starts: Int32Array, runOf: Int32Array, next: 0 | 1): Int32Array {
  return runOf.map((run) => starts[run + next] as number);
}

function rowEdges(kind: 'preceding' | 'following', { partitions, offset, isEnd }: BoundInputs): Int32Array {
  const { partitionStarts, partitionOf } = partitions;
  const step = (kind === 'preceding' ? -1 : 1) * Number(offset) + (isEnd ? 1 : 0);
  return partitionOf.map((partition, i) => {
    const first = partitionStarts[partition] as number;
    const end = partitionStarts[partition + 1] as number;
    return Math.max(first, Math.min(end, i + step));
  });
}

function groupEdges(kind: 'preceding' | 'following', { partitions, offset, isEnd }: BoundInputs): Int32Array {
  const { partitionStarts, partitionOf, groupStarts, groupOf } = partitions;
  const step = (kind === 'preceding' ? -1 : 1) * Number(offset) + (isEnd ? 1 : 0);
  return groupOf.map((group, i) => {
    const first = partitionStarts[partitionOf[i] as number] as number;
    const end = partitionStarts[(partitionOf[i] as number) + 1] as number;
    const wanted = Math.max(groupOf[first] as number, Math.min(groupStarts.length - 1, group + step));
    return Math.min(end, groupStarts[wanted] as number);
  });
}

/**
 * Both ends only move forward while the rows of a partition do, so each is one walk. A NULL key is a group of its own at one end of the
 * partition, as far from the others as can be.
 */
function rangeEdges(kind: 'preceding' | 'following', inputs: BoundInputs): Int32Array {
  const { partitionStarts, partitionOf, groupStarts, groupOf, rowCount } = inputs.partitions;
  const edges = new Int32Array(rowCount);
  const isBefore = beforeBound(kind, inputs);
  let edge = 0;
  for (let group = 0; group + 1 < groupStarts.length; group++) {
    const i = groupStarts[group] as number;
    const partition = partitionOf[i] as number;
    const end = partitionStarts[partition + 1] as number;
    edge = Math.max(edge, partitionStarts[partition] as number);
    while (edge < end && isBefore(edge, i)) edge = groupStarts[(groupOf[edge] as number) + 1] as number;
    edges.fill(edge, i, groupStarts[group + 1] as number);
  }
  return edges;
}

/** Whether row j comes before the bound of row i (isEnd: before its end or at it). */
function beforeBound(kind: 'preceding' | 'following', inputs: BoundInputs): (j: number, i: number) => boolean {
  const { keys, partitions, offset, isEnd, task } = inputs;
  const [key] = keys.orderBy;
  const [order] = keys.orderKeys;
  assert(key !== undefined && order !== undefined, 'a RANGE offset needs a sort key');
  const { groupOf } = partitions;
  const isPassed = (sign: number): boolean => (isEnd ? sign <= 0 : sign < 0);
  let distance: RangeDistance | null = null;
  return (j, i) => {
    if (isNullAt(key, j) || isNullAt(key, i)) return isPassed((groupOf[j] as number) - (groupOf[i] as number));
    const isSubtracted = (kind === 'preceding') !== order.descending;
    distance ??= rangeDistance(key, { value: offset, isSubtracted }, task.evaluation);
    const sign = distance(j, i);
    return isPassed(order.descending ? -sign : sign);
  };
}
