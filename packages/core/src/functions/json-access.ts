import { failure } from '../errors/table.ts';
import { type DataType, types } from '../types/data-type.ts';
import type { FunctionDefinition } from './definition.ts';
import { jsonAsText, jsonAtPath, jsonItem, jsonItems, jsonKindOf, jsonMember } from './json-scan.ts';
import { safe, simple, TEXT_ARRAY } from './shorthand.ts';

const { text, int4 } = types;
type Path = readonly (string | null)[];

const asText = (part: string | null): string | null => (part === null ? null : jsonAsText(part));

/** A scalar jsonb is an array of itself to `->`, as in PostgreSQL. */
function itemOf(kind: 'json' | 'jsonb', value: string, index: number): string | null {
  const shape = kind === 'jsonb' ? jsonKindOf(value) : 'array';
  if (shape !== 'array' && shape !== 'object') return index === 0 || index === -1 ? value : null;
  return jsonItem(value, index);
}

function arrayLength(value: string): number {
  const kind = jsonKindOf(value);
  if (kind !== 'array') {
    const what = kind === 'object' ? 'non-array' : 'scalar';
    throw failure('invalidParameterValue', { message: `cannot get array length of a ${what}` });
  }
  let length = 0;
  for (const _ of jsonItems(value)) length++;
  return length;
}

function functionsOf(kind: 'json' | 'jsonb'): FunctionDefinition[] {
  const type: DataType = types[kind];
  // A key of json may hold \\u0000, which no text can be compared with; jsonb has none.
  const access = kind === 'json' ? simple : safe;
  return [
    access<[string, string]>('->', [kind, 'text'], type, jsonMember),
    safe<[string, number]>('->', [kind, 'int4'], type, (value, index) => itemOf(kind, value, index)),
    simple<[string, string]>('->>', [kind, 'text'], text, (value, key) => asText(jsonMember(value, key))),
    simple<[string, number]>('->>', [kind, 'int4'], text, (value, index) => asText(itemOf(kind, value, index))),
    access<[string, Path]>('#>', [kind, TEXT_ARRAY], type, jsonAtPath),
    simple<[string, Path]>('#>>', [kind, TEXT_ARRAY], text, (value, path) => asText(jsonAtPath(value, path))),
    access<[string, ...string[]]>(
      `${kind}_extract_path`,
      [kind, 'text'],
      type,
      (value, ...path) => jsonAtPath(value, path),
      { variadic: true },
    ),
    simple<[string, ...string[]]>(
      `${kind}_extract_path_text`,
      [kind, 'text'],
      text,
      (value, ...path) => asText(jsonAtPath(value, path)),
      { variadic: true },
    ),
    safe<[string]>(`${kind}_typeof`, [kind], text, jsonKindOf),
    simple<[string]>(`${kind}_array_length`, [kind], int4, arrayLength),
  ];
}

/** Reading parts of json and jsonb: `-> ->> #> #>>`, extract_path, typeof, array_length. */
export const jsonAccessors: readonly FunctionDefinition[] = [...functionsOf('json'), ...functionsOf('jsonb')];
