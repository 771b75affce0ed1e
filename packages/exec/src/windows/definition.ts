import type { ColumnVector, DataType, FunctionSignature } from '@millrace/core';
import type { Frames } from './frames.ts';
import type { Partitions } from './partitions.ts';

/** One call of a window function: all rows of the input, sorted, and its arguments. */
export interface WindowFunctionCall {
  readonly partitions: Partitions;
  readonly frames: Frames;
  readonly argTypes: readonly DataType[];
  /** The type of the vector that `compute` returns. */
  readonly returns: DataType;
  /** Argument `arg` for the rows of `rows`, in their order; -1 gives NULL. It is evaluated for these rows and no others. */
  argument(arg: number, rows: Int32Array): ColumnVector;
}

/** A window function that is no aggregate: what the binder sees, and how to run it. */
export interface WindowFunctionDefinition {
  readonly signature: FunctionSignature;
  /** One value for each row, in the order of the sorted rows. */
  compute(call: WindowFunctionCall): ColumnVector;
}

/**
 * Defines a window function; register its signature with the planner's functions and the definition in an `ExecRegistry`.
 *
 *     defineWindowFunction({ signature: defineSignature('window', { name: 'row_count', args: [], returns: types.int8, strict: false }),
 *                            compute: ({ partitions }) => ... })
 */
export function defineWindowFunction(definition: WindowFunctionDefinition): WindowFunctionDefinition {
  return Object.freeze(definition);
}
