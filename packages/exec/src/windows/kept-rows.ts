import { type ColumnVector, gatherVector, isNullAt } from '@millrace/core';
import { selectedInput } from '../expressions/inputs.ts';
import { visitFrame } from './frames.ts';
import type { CompiledWindowAggregate, WindowInput } from './window-aggregate.ts';

/** The rows that an aggregate takes in, of those that are in some frame: FILTER is TRUE and, for a strict one, no argument is NULL. */
export interface KeptRows {
  /** Arguments of the kept rows. */
  readonly args: readonly ColumnVector[];
  /** How many kept rows come before row i; one entry more than there are rows. */
  readonly before: Int32Array;
  /** The partition of each kept row. */
  readonly partitionOf: Int32Array;
}

/** Finds them, and evaluates filter and arguments for no other rows. */
export function keptRows(call: CompiledWindowAggregate, input: WindowInput): KeptRows {
  const { rowCount, partitionOf } = input.partitions;
  let rows = framedRows(input);
  let selected = rows === null ? input.input : selectedInput(input.input, rows);
  const passed = call.filter(selected, input.evaluation);
  if (passed !== null) {
    selected = selectedInput(selected, passed);
    rows = rows === null ? passed : passed.map((k) => (rows as Int32Array)[k] as number);
  }
  let args = call.args.map((arg) => arg(selected, input.evaluation));
  if (call.definition.signature.strict && args.length > 0) {
    const complete = Int32Array.from(completeRows(args, selected.rowCount));
    rows = rows === null ? complete : complete.map((k) => (rows as Int32Array)[k] as number);
    args = args.map((arg) => gatherVector(arg, complete));
  }
  const before = new Int32Array(rowCount + 1);
  if (rows === null) {
    for (let i = 0; i <= rowCount; i++) before[i] = i;
    return { args, before, partitionOf };
  }
  for (let k = 0; k < rows.length; k++) before[(rows[k] as number) + 1] = 1;
  for (let i = 0; i < rowCount; i++) before[i + 1]! += before[i] as number;
  return { args, before, partitionOf: rows.map((row) => partitionOf[row] as number) };
}

function* completeRows(args: readonly ColumnVector[], rowCount: number): Generator<number> {
  for (let i = 0; i < rowCount; i++) if (!args.some((arg) => isNullAt(arg, i))) yield i;
}

/** The rows that are in the frame of some row, ascending; null = all. No expression is evaluated for another. */
function framedRows({ partitions, frames }: WindowInput): Int32Array | null {
  const { rowCount } = partitions;
  const changes = new Int32Array(rowCount + 1);
  for (let i = 0; i < rowCount; i++) {
    visitFrame(frames, partitions, i, (start, end) => {
      changes[start]! += 1;
      changes[end]! -= 1;
    });
  }
  const rows: number[] = [];
  let depth = 0;
  for (let i = 0; i < rowCount; i++) {
    depth += changes[i] as number;
    if (depth > 0) rows.push(i);
  }
  return rows.length === rowCount ? null : Int32Array.from(rows);
}
