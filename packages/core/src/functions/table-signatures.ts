import type { DataType } from '../types/data-type.ts';
import { types } from '../types/data-type.ts';
import { defineSignature } from './definition.ts';
import type { ArgumentType, FunctionSignature, ReturnType } from './signature.ts';

interface TableOptions {
  readonly columns?: readonly (readonly [name: string, type: DataType])[];
  readonly optionalArgs?: number;
  readonly variadic?: boolean;
  readonly volatility?: 'immutable' | 'stable';
  readonly strict?: boolean;
}

function table(
  name: string,
  args: readonly ArgumentType[],
  returns: ReturnType,
  options: TableOptions = {},
): FunctionSignature {
  const { columns, ...rest } = options;
  const named = columns?.map(([columnName, type]) => ({ name: columnName, type }));
  return defineSignature('table', { name, args, returns, ...rest, ...(named === undefined ? {} : { columns: named }) });
}

const jsonFunctions = (prefix: 'json' | 'jsonb'): FunctionSignature[] => {
  const type: DataType = types[prefix];
  return [
    table(`${prefix}_array_elements`, [prefix], type, { columns: [['value', type]] }),
    table(`${prefix}_array_elements_text`, [prefix], types.text, { columns: [['value', types.text]] }),
    table(`${prefix}_each`, [prefix], type, {
      columns: [
        ['key', types.text],
        ['value', type],
      ],
    }),
    table(`${prefix}_each_text`, [prefix], types.text, {
      columns: [
        ['key', types.text],
        ['value', types.text],
      ],
    }),
    table(`${prefix}_object_keys`, [prefix], types.text),
  ];
};

/**
 * Set-returning functions for FROM, by PostgreSQL's names; exec implements each by id. A strict one yields no row for a NULL argument.
 * `unnest(anyarray...)` takes several arrays: column i holds array i's items, shorter arrays are padded with NULL; the arrays may differ in type.
 */
export const tableFunctionSignatures: readonly FunctionSignature[] = Object.freeze([
  table('generate_series', ['int4', 'int4'], types.int4),
  table('generate_series', ['int4', 'int4', 'int4'], types.int4),
  table('generate_series', ['int8', 'int8'], types.int8),
  table('generate_series', ['int8', 'int8', 'int8'], types.int8),
  table('generate_series', ['numeric', 'numeric'], types.numeric),
  table('generate_series', ['numeric', 'numeric', 'numeric'], types.numeric),
  table('generate_series', ['timestamp', 'timestamp', 'interval'], types.timestamp),
  table('generate_series', ['timestamptz', 'timestamptz', 'interval'], types.timestamptz, { volatility: 'stable' }),
  table('unnest', ['anyarray'], 'anyelement', { variadic: true, strict: false }),
  table('generate_subscripts', ['anyarray', 'int4'], types.int4),
  table('regexp_split_to_table', ['text', 'text'], types.text),
  table('regexp_split_to_table', ['text', 'text', 'text'], types.text),
  table('string_to_table', ['text', 'text'], types.text, { strict: false }),
  table('string_to_table', ['text', 'text', 'text'], types.text, { strict: false }),
  ...jsonFunctions('json'),
  ...jsonFunctions('jsonb'),
]);
