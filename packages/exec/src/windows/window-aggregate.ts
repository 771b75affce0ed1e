import {
  type ColumnVector,
  type CompiledExpr,
  compileExpr,
  concatVectors,
  createVectorBuilder,
  type DataType,
  gatherVector,
  typeOf,
  type Value,
  vectorByteLength,
} from '@millrace/core';
import type { WindowCall } from '@millrace/planner';
import type { Accumulator, AggregateDefinition } from '../aggregates/definition.ts';
import { compileRowFilter, type RowFilter } from '../expressions/row-filter.ts';
import type { SortedRows } from './call-arguments.ts';
import { frameFeeder } from './frame-feeder.ts';
import type { Frames } from './frames.ts';
import { type KeptRows, keptRows } from './kept-rows.ts';
import type { Partitions } from './partitions.ts';

/** An aggregate over a window, compiled: what all executions share. */
export interface CompiledWindowAggregate {
  readonly definition: AggregateDefinition;
  readonly args: readonly CompiledExpr[];
  readonly argTypes: readonly DataType[];
  readonly filter: RowFilter;
  readonly returns: DataType;
}

/** Compiles one call of an aggregate. */
export function compileWindowAggregate(call: WindowCall, definition: AggregateDefinition): CompiledWindowAggregate {
  return {
    definition,
    args: call.args.map(compileExpr),
    argTypes: call.args.map(typeOf),
    filter: compileRowFilter(call.filter === null ? [] : [call.filter]),
    returns: call.column.type,
  };
}

/** The sorted rows and the frame of each. */
export interface WindowInput extends SortedRows {
  readonly partitions: Partitions;
  readonly frames: Frames;
}

/** What a computation holds, in bytes, each time it has done some work: the caller accounts for it, and may pause or stop. */
export type Steps = Generator<number, ColumnVector, void>;

const ROWS_PER_STEP = 16_384;

/**
 * An aggregate for every row. One pass where the frame is the whole partition, or only grows (and the accumulator can be read on the way), or
 * slides (and rows can be taken out again); else each frame that differs from the one before is computed from its first row.
 */
export function* windowAggregate(call: CompiledWindowAggregate, input: WindowInput): Steps {
  const kept = keptRows(call, input);
  const accumulator = newAccumulator(call, input);
  if (input.frames.exclude !== 'nothing') return yield* frameByFrame(call, input, kept);
  if (hasWholePartitions(input)) return wholePartitions(accumulator, input, kept);
  const isReadable = accumulator.value !== undefined;
  const isGrowing = startsAtPartition(input);
  if (isReadable && (isGrowing || accumulator.remove !== undefined)) {
    return yield* onePass(accumulator, call, { ...input, kept });
  }
  return yield* frameByFrame(call, input, kept);
}

function startsAtPartition({ partitions, frames }: WindowInput): boolean {
  const { partitionStarts, partitionOf } = partitions;
  return frames.starts.every((start, i) => start === partitionStarts[partitionOf[i] as number]);
}

function hasWholePartitions(input: WindowInput): boolean {
  const { partitionStarts, partitionOf } = input.partitions;
  return (
    startsAtPartition(input) &&
    input.frames.ends.every((end, i) => end === partitionStarts[(partitionOf[i] as number) + 1])
  );
}

function wholePartitions(accumulator: Accumulator, { partitions }: WindowInput, kept: KeptRows): ColumnVector {
  const count = partitions.partitionStarts.length - 1;
  accumulator.resize(count);
  accumulator.update(kept.partitionOf, kept.args, kept.partitionOf.length);
  return gatherVector(accumulator.finish(count), partitions.partitionOf);
}

/** Rows enter at the frame's end and leave at its start, partition by partition, each once. */
function* onePass(
  accumulator: Accumulator,
  call: CompiledWindowAggregate,
  { partitions, frames, kept }: WindowInput & { readonly kept: KeptRows },
): Steps {
  const { partitionOf, partitionStarts } = partitions;
  const { before, args } = kept;
  const builder = createVectorBuilder(call.returns, { capacityRows: partitions.rowCount });
  accumulator.resize(partitionStarts.length - 1);
  let [start, end, partition]: [number, number, number] = [0, 0, -1];
  let value: Value = null;
  for (let i = 0; i < partitions.rowCount; i++) {
    const to = before[frames.ends[i] as number] as number;
    const from = Math.min(to, before[frames.starts[i] as number] as number);
    const isNew = partitionOf[i] !== partition;
    if (isNew) {
      partition = partitionOf[i] as number;
      start = before[partitionStarts[partition] as number] as number;
      end = start;
    }
    const isSame = !isNew && from === start && to === end;
    if (from > start) accumulator.remove?.(kept.partitionOf, args, Math.min(from, end), start);
    start = Math.max(start, from);
    if (to > end) accumulator.update(kept.partitionOf, args, to, Math.max(end, start));
    end = Math.max(end, to);
    if (!isSame) value = accumulator.value?.(partition) ?? null;
    builder.appendValue(value);
    if (i % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield accumulator.byteLength + builder.byteLength;
  }
  return builder.finish();
}

/** Frames become groups of one accumulator after the other, as many as make a step's rows; equal neighbours are one group. */
function* frameByFrame(call: CompiledWindowAggregate, input: WindowInput, kept: KeptRows): Steps {
  const { rowCount } = input.partitions;
  const frameOf = new Int32Array(rowCount);
  const results: ColumnVector[] = [];
  const feeder = frameFeeder(newAccumulator(call, input), input, kept);
  let [frameCount, bytes, next]: [number, number, number] = [0, 0, 0];
  while (next < rowCount) {
    const accumulator = newAccumulator(call, input);
    feeder.begin(accumulator);
    for (; next < rowCount && feeder.rowCount + feeder.frameCount < ROWS_PER_STEP; next++) {
      if (feeder.frameCount === 0 || !isSameFrame(input, next)) feeder.add(next);
      frameOf[next] = frameCount + feeder.frameCount - 1;
    }
    feeder.end();
    frameCount += feeder.frameCount;
    const result = accumulator.finish(feeder.frameCount);
    results.push(result);
    bytes += vectorByteLength(result);
    yield bytes + accumulator.byteLength + 8 * Math.max(rowCount, feeder.rowCount);
  }
  return gatherVector(concatVectors(call.returns, results), frameOf);
}

function newAccumulator({ definition, argTypes, returns }: CompiledWindowAggregate, input: WindowInput): Accumulator {
  return definition.createAccumulator({ argTypes, returns, evaluation: input.evaluation });
}

function isSameFrame({ frames, partitions }: WindowInput, i: number): boolean {
  const { starts, ends, exclude } = frames;
  if (starts[i] !== starts[i - 1] || ends[i] !== ends[i - 1]) return false;
  return exclude === 'nothing' || (exclude === 'group' && partitions.groupOf[i] === partitions.groupOf[i - 1]);
}
