import { types } from '../types/data-type.ts';
import { formatJsonb, type JsonNode, parseJson, parseJsonb, quoteJson, sortedMembers } from '../types/json.ts';
import type { FunctionDefinition } from './definition.ts';
import { jsonContains, jsonExists } from './jsonb-contains.ts';
import {
  concatJson,
  deleteIndex,
  deleteKeys,
  editAtPath,
  isArray,
  isObject,
  type PathEdit,
  stripNulls,
} from './jsonb-edit.ts';
import { safe, simple, TEXT_ARRAY } from './shorthand.ts';

const { jsonb, json, bool, text } = types;
type Texts = readonly (string | null)[];

const edited = (target: string, path: Texts, edit: PathEdit): string =>
  formatJsonb(editAtPath(parseJsonb(target), path, edit));

const set = (target: string, path: Texts, value: string, create = true): string =>
  edited(target, path, { action: 'put', value: parseJsonb(value), flag: create });

const insert = (target: string, path: Texts, value: string, isAfter = false): string =>
  edited(target, path, { action: 'insert', value: parseJsonb(value), flag: isAfter });

const keysOf = (keys: Texts): Set<string> => new Set(keys.filter((key) => key !== null));

/** json text without spaces, numbers as written: what json_strip_nulls prints. */
function compact(node: JsonNode): string {
  if (isArray(node)) return `[${node.items.map(compact).join(',')}]`;
  if (isObject(node)) return `{${node.members.map(([key, value]) => `${quoteJson(key)}:${compact(value)}`).join(',')}}`;
  return typeof node === 'object' && node !== null && node.kind === 'number' ? node.text : formatJsonb(node);
}

/** jsonb_pretty: four blanks a level. */
function pretty(node: JsonNode, indent: string): string {
  const inner = `${indent}    `;
  if (isArray(node))
    return block(
      '[',
      ']',
      node.items.map((item) => inner + pretty(item, inner)),
      indent,
    );
  if (isObject(node)) {
    const members = sortedMembers(node.members);
    return block(
      '{',
      '}',
      members.map(([key, value]) => `${inner}${quoteJson(key)}: ${pretty(value, inner)}`),
      indent,
    );
  }
  return formatJsonb(node);
}

function block(open: string, close: string, lines: readonly string[], indent: string): string {
  return lines.length === 0 ? `${open}\n${indent}${close}` : `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

/** jsonb's operators and editing functions (PostgreSQL manual 9.16). */
export const jsonbFunctions: readonly FunctionDefinition[] = [
  safe<[string, string]>('@>', ['jsonb', 'jsonb'], bool, (a, b) => jsonContains(parseJsonb(a), parseJsonb(b))),
  safe<[string, string]>('<@', ['jsonb', 'jsonb'], bool, (a, b) => jsonContains(parseJsonb(b), parseJsonb(a))),
  safe<[string, string]>('?', ['jsonb', 'text'], bool, (value, key) => jsonExists(parseJsonb(value), key)),
  safe<[string, Texts]>('?|', ['jsonb', TEXT_ARRAY], bool, (value, keys) => {
    const node = parseJsonb(value);
    return keys.some((key) => key !== null && jsonExists(node, key));
  }),
  safe<[string, Texts]>('?&', ['jsonb', TEXT_ARRAY], bool, (value, keys) => {
    const node = parseJsonb(value);
    return keys.every((key) => key === null || jsonExists(node, key));
  }),
  safe<[string, string]>('||', ['jsonb', 'jsonb'], jsonb, (a, b) =>
    formatJsonb(concatJson(parseJsonb(a), parseJsonb(b))),
  ),
  simple<[string, string]>('-', ['jsonb', 'text'], jsonb, (value, key) =>
    formatJsonb(deleteKeys(parseJsonb(value), new Set([key]))),
  ),
  simple<[string, Texts]>('-', ['jsonb', TEXT_ARRAY], jsonb, (value, keys) =>
    formatJsonb(deleteKeys(parseJsonb(value), keysOf(keys))),
  ),
  simple<[string, number]>('-', ['jsonb', 'int4'], jsonb, (value, index) =>
    formatJsonb(deleteIndex(parseJsonb(value), index)),
  ),
  simple<[string, Texts]>('#-', ['jsonb', TEXT_ARRAY], jsonb, (value, path) =>
    edited(value, path, { action: 'delete', value: null, flag: false }),
  ),
  simple<[string, Texts, string, boolean?]>('jsonb_set', ['jsonb', TEXT_ARRAY, 'jsonb', 'bool'], jsonb, set, {
    optionalArgs: 1,
  }),
  simple<[string, Texts, string, boolean?]>('jsonb_insert', ['jsonb', TEXT_ARRAY, 'jsonb', 'bool'], jsonb, insert, {
    optionalArgs: 1,
  }),
  safe<[string]>('jsonb_strip_nulls', ['jsonb'], jsonb, (value) => formatJsonb(stripNulls(parseJsonb(value)))),
  simple<[string]>('json_strip_nulls', ['json'], json, (value) => compact(stripNulls(parseJson(value)))),
  safe<[string]>('jsonb_pretty', ['jsonb'], text, (value) => pretty(parseJsonb(value), '')),
];
