import type { Column, DataType, EvaluationContext, FunctionSignature, RecordBatch, Value } from '@millrace/core';

/** One call of a table function: its arguments are known values. */
export interface TableFunctionCall {
  readonly args: readonly Value[];
  readonly argTypes: readonly DataType[];
  /** What it produces, in order (without the ordinality column). */
  readonly columns: readonly Column[];
  /** At most this many rows a batch. */
  readonly batchRows: number;
  readonly signal: AbortSignal;
  readonly evaluation: EvaluationContext;
}

/**
 * A set-returning function: what the binder sees, and how to run it. Law: a strict function is not called with a NULL argument (no rows
 * then); batches match `columns`; what an iterator holds it releases when it is returned early.
 */
export interface TableFunctionDefinition {
  readonly signature: FunctionSignature;
  rows(call: TableFunctionCall): Iterable<RecordBatch> | AsyncIterable<RecordBatch>;
}

/** Defines a table function; register its signature with the planner's functions and the definition in an `ExecRegistry`. */
export function defineTableFunction(definition: TableFunctionDefinition): TableFunctionDefinition {
  return Object.freeze(definition);
}
