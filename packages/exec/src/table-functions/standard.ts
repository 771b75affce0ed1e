import { assert, type FunctionSignature, tableFunctionSignatures } from '@millrace/core';
import { defineTableFunction, type TableFunctionDefinition } from './definition.ts';
import { generateSeries } from './generate-series.ts';
import { arrayElements, objectKeys, objectMembers } from './json.ts';
import { itemsOfScalar } from './text-split.ts';
import { generateSubscripts, unnest } from './unnest.ts';

/** By the name of the signature. */
const ROWS: Readonly<Record<string, TableFunctionDefinition['rows']>> = {
  generate_series: generateSeries,
  unnest,
  generate_subscripts: generateSubscripts,
  regexp_split_to_table: itemsOfScalar('regexp_split_to_array'),
  string_to_table: itemsOfScalar('string_to_array'),
  json_array_elements: arrayElements('json_array_elements'),
  json_array_elements_text: arrayElements('json_array_elements_text'),
  jsonb_array_elements: arrayElements('jsonb_array_elements'),
  jsonb_array_elements_text: arrayElements('jsonb_array_elements_text'),
  json_each: objectMembers('json_each'),
  json_each_text: objectMembers('json_each_text'),
  jsonb_each: objectMembers('jsonb_each'),
  jsonb_each_text: objectMembers('jsonb_each_text'),
  json_object_keys: objectKeys('json_object_keys'),
  jsonb_object_keys: objectKeys('jsonb_object_keys'),
};

/** How every table function that core declares is run. Law: none is missing. */
export const standardTableFunctions: readonly TableFunctionDefinition[] = Object.freeze(
  tableFunctionSignatures.map((signature: FunctionSignature) => {
    const rows = ROWS[signature.name];
    assert(rows !== undefined, `the table function ${signature.id} has rows`);
    return defineTableFunction({ signature, rows });
  }),
);
