import { failure, type MillraceError, type RecordBatch, type Value } from '@millrace/core';
import type { TableFunctionCall, TableFunctionDefinition } from './definition.ts';
import { jsonAsText, splitJson } from './json-split.ts';
import { batchesOfRows } from './value-batches.ts';

type Rows = TableFunctionDefinition['rows'];

function refusal(message: string): MillraceError {
  return failure('invalidParameterValue', { message });
}

/** json_array_elements and its kin: one row an item; 22023 for what is no array. */
export function arrayElements(name: string): Rows {
  const isBinary = name.startsWith('jsonb');
  const asText = name.endsWith('_text');
  return (call: TableFunctionCall): Iterable<RecordBatch> => {
    const parts = splitJson(call.args[0] as string);
    if (parts.kind !== 'array') {
      const isObject = parts.kind === 'object';
      if (isBinary) throw refusal(`cannot extract elements from ${isObject ? 'an object' : 'a scalar'}`);
      throw refusal(`cannot call ${name} on a ${isObject ? 'non-array' : 'scalar'}`);
    }
    const rows = parts.items.map((item): Value[] => [asText ? jsonAsText(item) : item]);
    return batchesOfRows(call, rows);
  };
}

/** json_each and its kin: key and value of every member; 22023 for what is no object. */
export function objectMembers(name: string): Rows {
  const isBinary = name.startsWith('jsonb');
  const asText = name.endsWith('_text');
  return (call: TableFunctionCall): Iterable<RecordBatch> => {
    const parts = splitJson(call.args[0] as string);
    if (parts.kind !== 'object') {
      if (isBinary) throw refusal(`cannot call ${name} on a non-object`);
      throw refusal(`cannot deconstruct ${parts.kind === 'array' ? 'an array as an object' : 'a scalar'}`);
    }
    const rows = parts.members.map(([key, value]): Value[] => [key, asText ? jsonAsText(value) : value]);
    return batchesOfRows(call, rows);
  };
}

/** json_object_keys and jsonb_object_keys; 22023 for what is no object. */
export function objectKeys(name: string): Rows {
  return (call: TableFunctionCall): Iterable<RecordBatch> => {
    const parts = splitJson(call.args[0] as string);
    if (parts.kind !== 'object') {
      throw refusal(`cannot call ${name} on ${parts.kind === 'array' ? 'an array' : 'a scalar'}`);
    }
    return batchesOfRows(
      call,
      parts.members.map(([key]) => [key]),
    );
  };
}
