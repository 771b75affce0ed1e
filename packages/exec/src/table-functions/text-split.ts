import type { RecordBatch, Value } from '@millrace/core';
import { rowFunction, scalarFunctionId } from '../aggregates/row-function.ts';
import type { TableFunctionCall, TableFunctionDefinition } from './definition.ts';
import { batchesOfRows } from './value-batches.ts';

/** A table function that gives the items of what the scalar function `name` returns: regexp_split_to_table, string_to_table. */
export function itemsOfScalar(name: string): TableFunctionDefinition['rows'] {
  return (call: TableFunctionCall): Iterable<RecordBatch> => {
    const id = scalarFunctionId(call.evaluation, name, call.args.length);
    const split = rowFunction(call.evaluation, id, {
      args: call.argTypes,
      returns: { kind: 'array', item: { kind: 'text' } },
    });
    if (call.args[0] === null) return [];
    const items = split(call.args) as readonly Value[] | null;
    return batchesOfRows(
      call,
      (items ?? []).map((item) => [item]),
    );
  };
}
