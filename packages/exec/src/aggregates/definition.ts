import type { ColumnVector, DataType, EvaluationContext, FunctionSignature, Value } from '@millrace/core';

/** The concrete call that an accumulator serves. */
export interface AggregateCall {
  readonly argTypes: readonly DataType[];
  /** The type of the vector that `finish` returns. */
  readonly returns: DataType;
  readonly evaluation: EvaluationContext;
}

/**
 * The state of one aggregate call for all groups of one execution. Groups are numbered from 0 without gaps.
 * Laws: `resize` is called before rows of a new group come; `update` sees the rows in input order (sorted, if the call has ORDER BY;
 * without duplicates, if DISTINCT; only those that pass FILTER); a strict aggregate never sees a NULL argument; `finish` is called once.
 */
export interface Accumulator {
  /** Makes room for groups 0 .. groupCount - 1; new ones are empty. */
  resize(groupCount: number): void;
  /** Adds the rows `from` (0 if left out) .. rowCount - 1: row i of every argument (any vector form) belongs to group groupIds[i]. */
  update(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from?: number): void;
  /** One value a group; an empty group gives what SQL says for no rows. */
  finish(groupCount: number): ColumnVector;
  /**
   * What `finish` would give for the group, any number of times while rows come: with it an aggregate over a growing frame (OVER (ORDER BY ...))
   * takes one pass; without it every frame is computed from its first row. Law: with it, `update` honours `from`.
   */
  value?(group: number): Value;
  /** Takes rows out that `update` added, exactly: with it an aggregate over a sliding frame takes one pass. Only with `value`. */
  remove?(groupIds: Int32Array, args: readonly ColumnVector[], rowCount: number, from: number): void;
  /** What the state holds now, in bytes; an estimate, for the memory budget. */
  readonly byteLength: number;
}

/** An aggregate function: what the binder sees, and how to run it. */
export interface AggregateDefinition {
  readonly signature: FunctionSignature;
  /** Whether the result depends on the order of the rows; then DISTINCT sorts them by the arguments, NULLs last. False if left out. */
  readonly isOrderSensitive?: boolean;
  createAccumulator(call: AggregateCall): Accumulator;
}

/**
 * Defines an aggregate; register its signature with the planner's functions and the definition in an `ExecRegistry`.
 *
 *     defineAggregate({ signature: defineSignature('aggregate', { name: 'product', args: ['float8'], returns: types.float8 }),
 *                       createAccumulator: () => new ProductAccumulator() })
 */
export function defineAggregate(definition: AggregateDefinition): AggregateDefinition {
  return Object.freeze(definition);
}
