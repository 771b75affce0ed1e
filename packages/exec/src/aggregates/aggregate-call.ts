import {
  assert,
  type ColumnVector,
  type CompiledExpr,
  compileExpr,
  concatBatches,
  type DataType,
  type EvaluationContext,
  type EvaluationInput,
  gatherVector,
  isNullAt,
  type RecordBatch,
  typeOf,
  types,
} from '@millrace/core';
import type { Aggregation } from '@millrace/planner';
import { selectedInput } from '../expressions/inputs.ts';
import { compileRowFilter, type RowFilter } from '../expressions/row-filter.ts';
import { createKeyTable } from '../keys/create-key-table.ts';
import type { KeyTable } from '../keys/key-table.ts';
import { type OrderKey, rowComparator, sortedRows } from '../order/row-comparator.ts';
import type { ExecRegistry } from '../registry.ts';
import { batchBytes } from '../run/collect.ts';
import type { Accumulator, AggregateDefinition } from './definition.ts';

/** An aggregate call of a plan, compiled: what all executions share. */
export interface CompiledAggregate {
  readonly definition: AggregateDefinition;
  readonly argTypes: readonly DataType[];
  readonly returns: DataType;
  readonly args: readonly CompiledExpr[];
  readonly filter: RowFilter;
  readonly isDistinct: boolean;
  /** What the rows are sorted by before they are accumulated: expressions of ORDER BY, else the arguments where DISTINCT sorts. */
  readonly orderExprs: readonly CompiledExpr[];
  readonly orderTypes: readonly DataType[];
  readonly orderKeys: readonly OrderKey[];
}

/** Resolves and compiles one aggregation. */
export function compileAggregate(aggregation: Aggregation, registry: ExecRegistry): CompiledAggregate {
  const definition = registry.aggregates.get(aggregation.fn);
  assert(definition !== undefined, `the aggregate ${aggregation.fn} is registered`);
  const order = orderOf(aggregation, definition);
  return {
    definition,
    argTypes: aggregation.args.map(typeOf),
    returns: aggregation.column.type,
    args: aggregation.args.map(compileExpr),
    filter: compileRowFilter(aggregation.filter === null ? [] : [aggregation.filter]),
    isDistinct: aggregation.isDistinct && aggregation.args.length > 0,
    orderExprs: order.map((key) => compileExpr(key.expr)),
    orderTypes: order.map((key) => typeOf(key.expr)),
    orderKeys: order,
  };
}

function orderOf(aggregation: Aggregation, definition: AggregateDefinition): Aggregation['orderBy'] {
  if (!aggregation.isDistinct || definition.isOrderSensitive !== true) return aggregation.orderBy;
  return [...aggregation.orderBy, ...aggregation.args.map((expr) => ({ expr, descending: false, nullsFirst: false }))];
}

/** One aggregate call during one execution: FILTER, then DISTINCT, then ORDER BY, then the accumulator. */
export class AggregateState {
  readonly #call: CompiledAggregate;
  readonly #evaluation: EvaluationContext;
  readonly #accumulator: Accumulator;
  readonly #seen: KeyTable | null;
  /** Rows waiting to be sorted: group, arguments, order keys. */
  #waiting: RecordBatch[] = [];
  #waitingBytes = 0;

  constructor(call: CompiledAggregate, evaluation: EvaluationContext, hashMask?: number) {
    this.#call = call;
    this.#evaluation = evaluation;
    this.#accumulator = call.definition.createAccumulator({
      argTypes: call.argTypes,
      returns: call.returns,
      evaluation,
    });
    const specs = [types.int4, ...call.argTypes].map((type) => ({ type, nullsMatch: true }));
    this.#seen = call.isDistinct ? createKeyTable(specs, hashMask) : null;
  }

  get byteLength(): number {
    return this.#accumulator.byteLength + (this.#seen?.byteLength ?? 0) + this.#waitingBytes;
  }

  /** Adds the rows of an input; row i belongs to group groupIds[i], all below `groupCount`. */
  update(input: EvaluationInput, groupIds: Int32Array, groupCount: number): void {
    this.#accumulator.resize(groupCount);
    const call = this.#call;
    const passed = call.filter(input, this.#evaluation);
    let rows = passed === null ? input : selectedInput(input, passed);
    let groups = passed === null ? groupIds : pick(groupIds, passed);
    let args = call.args.map((arg) => arg(rows, this.#evaluation));
    const kept = this.#keptRows(groups, args, rows.rowCount);
    if (kept !== null) {
      rows = selectedInput(rows, kept);
      groups = pick(groups, kept);
      args = args.map((arg) => gatherVector(arg, kept));
    }
    if (rows.rowCount === 0) return;
    if (call.orderKeys.length === 0) {
      this.#accumulator.update(groups, args, rows.rowCount);
      return;
    }
    const keys = call.orderExprs.map((expr) => expr(rows, this.#evaluation));
    this.#wait({ rowCount: rows.rowCount, vectors: [groupVector(groups, rows.rowCount), ...args, ...keys] });
  }

  /** One value a group. */
  finish(groupCount: number): ColumnVector {
    this.#accumulator.resize(groupCount);
    if (this.#waiting.length > 0) this.#accumulateSorted();
    return this.#accumulator.finish(groupCount);
  }

  /** Rows left after a strict aggregate's NULLs and DISTINCT's duplicates; null = all. */
  #keptRows(groups: Int32Array, args: readonly ColumnVector[], rowCount: number): Int32Array | null {
    const complete = this.#call.definition.signature.strict ? rowsWithoutNull(args, rowCount) : null;
    if (this.#seen === null) return complete;
    const ids = complete === null ? groups : pick(groups, complete);
    const values = complete === null ? args : args.map((arg) => gatherVector(arg, complete));
    const count = complete === null ? rowCount : complete.length;
    const added = this.#seen.insert([groupVector(ids, count), ...values], count, new Int32Array(count));
    return complete === null ? added : pick(complete, added);
  }

  #wait(batch: RecordBatch): void {
    this.#waiting.push(batch);
    this.#waitingBytes += batchBytes(batch);
  }

  #accumulateSorted(): void {
    const { argTypes, orderTypes, orderKeys } = this.#call;
    const all = concatBatches([types.int4, ...argTypes, ...orderTypes], this.#waiting);
    this.#waiting = [];
    const keys = all.vectors.slice(1 + argTypes.length);
    const rows = sortedRows(all.rowCount, rowComparator(orderKeys, keys, keys));
    const groups = gatherVector(all.vectors[0] as ColumnVector, rows);
    assert(groups.kind === 'fixed' && groups.values instanceof Int32Array, 'group numbers are int4');
    const args = all.vectors.slice(1, 1 + argTypes.length).map((arg) => gatherVector(arg, rows));
    this.#accumulator.update(groups.values, args, all.rowCount);
  }
}

function pick(source: Int32Array, rows: Int32Array): Int32Array {
  const result = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) result[i] = source[rows[i] as number] as number;
  return result;
}

/** The caller reuses its array of group numbers, so this is a copy. */
function groupVector(groups: Int32Array, rowCount: number): ColumnVector {
  return { kind: 'fixed', type: types.int4, length: rowCount, validity: null, values: groups.slice(0, rowCount) };
}

function rowsWithoutNull(args: readonly ColumnVector[], rowCount: number): Int32Array | null {
  const rows: number[] = [];
  for (let i = 0; i < rowCount; i++) if (!args.some((arg) => isNullAt(arg, i))) rows.push(i);
  return rows.length === rowCount ? null : Int32Array.from(rows);
}
