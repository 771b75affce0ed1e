import { failure } from '../errors/table.ts';
import type { JsonNode } from '../types/json.ts';

type Path = readonly (string | null)[];
type Member = readonly [key: string, value: JsonNode];
/** The two kinds of JSON that have something inside. */
export type ArrayNode = Extract<JsonNode, { readonly kind: 'array' }>;
export type ObjectNode = Extract<JsonNode, { readonly kind: 'object' }>;

/** True for a JSON array. */
export const isArray = (node: JsonNode): node is ArrayNode =>
  node !== null && typeof node === 'object' && node.kind === 'array';
/** True for a JSON object. */
export const isObject = (node: JsonNode): node is ObjectNode =>
  node !== null && typeof node === 'object' && node.kind === 'object';

function invalid(message: string): Error {
  return failure('invalidParameterValue', { message });
}

/** `||`: objects merge (the right one wins), anything else is put into one array; two scalars make an array of both. */
export function concatJson(a: JsonNode, b: JsonNode): JsonNode {
  if (isObject(a) && isObject(b)) return { kind: 'object', members: [...a.members, ...b.members] };
  const items = (node: JsonNode): readonly JsonNode[] => (isArray(node) ? node.items : [node]);
  return { kind: 'array', items: [...items(a), ...items(b)] };
}

/** `- text`: without the member of that key, or the equal strings of an array. */
export function deleteKeys(node: JsonNode, keys: ReadonlySet<string>): JsonNode {
  if (isObject(node)) return { kind: 'object', members: node.members.filter(([key]) => !keys.has(key)) };
  if (!isArray(node)) throw invalid('cannot delete from scalar');
  return { kind: 'array', items: node.items.filter((item) => typeof item !== 'string' || !keys.has(item)) };
}

/** `- integer`: without that element, counted from the end if negative. */
export function deleteIndex(node: JsonNode, index: number): JsonNode {
  if (isObject(node)) throw invalid('cannot delete from object using integer index');
  if (!isArray(node)) throw invalid('cannot delete from scalar');
  const at = index < 0 ? node.items.length + index : index;
  return { kind: 'array', items: node.items.filter((_, i) => i !== at) };
}

/** What to do where a path ends: `put` replaces or, with `create`, adds; `insert` adds before or after; `delete` removes. */
export interface PathEdit {
  readonly action: 'put' | 'insert' | 'delete';
  readonly value: JsonNode;
  /** put: add what is missing. insert: after instead of before. */
  readonly flag: boolean;
}

/** jsonb_set, jsonb_insert and `#-`. 22023 for a scalar or a NULL step, 22P02 for an array index that is none. */
export function editAtPath(node: JsonNode, path: Path, edit: PathEdit): JsonNode {
  if (!isObject(node) && !isArray(node)) {
    throw invalid(edit.action === 'delete' ? 'cannot delete path in scalar' : 'cannot set path in scalar');
  }
  return path.length === 0 ? node : step(node, path, 0, edit);
}

function step(node: JsonNode, path: Path, depth: number, edit: PathEdit): JsonNode {
  const name = path[depth];
  if (name === null || name === undefined) {
    throw failure('nullNotAllowed', { message: `path element at position ${depth + 1} is null` });
  }
  if (isObject(node)) return editMember(node, name, { path, depth, edit });
  return isArray(node) ? editItem(node, indexOf(name, depth), { path, depth, edit }) : node;
}

interface Place {
  readonly path: Path;
  readonly depth: number;
  readonly edit: PathEdit;
}

const isLast = ({ path, depth }: Place): boolean => depth === path.length - 1;

function editMember(node: ObjectNode, name: string, place: Place): JsonNode {
  const { edit } = place;
  const exists = node.members.some(([key]) => key === name);
  if (!exists) {
    const adds = isLast(place) && (edit.action === 'insert' || (edit.action === 'put' && edit.flag));
    return adds ? { kind: 'object', members: [...node.members, [name, edit.value]] } : node;
  }
  if (isLast(place) && edit.action === 'insert') {
    const hint = 'Try using the function jsonb_set to replace key value.';
    throw failure('invalidParameterValue', { message: 'cannot replace existing key' }, { hint });
  }
  const members = node.members.flatMap(([key, value]): readonly Member[] => {
    if (key !== name) return [[key, value]];
    if (!isLast(place)) return [[key, step(value, place.path, place.depth + 1, edit)]];
    return edit.action === 'delete' ? [] : [[key, edit.value]];
  });
  return { kind: 'object', members };
}

function editItem(node: ArrayNode, index: number, place: Place): JsonNode {
  const { edit } = place;
  const { items } = node;
  const at = index < 0 ? items.length + index : index;
  if (at < 0 || at >= items.length) {
    const adds = isLast(place) && (edit.action === 'insert' || (edit.action === 'put' && edit.flag));
    if (!adds) return node;
    return { kind: 'array', items: at < 0 ? [edit.value, ...items] : [...items, edit.value] };
  }
  const replaced = (item: JsonNode): readonly JsonNode[] => {
    if (!isLast(place)) return [step(item, place.path, place.depth + 1, edit)];
    if (edit.action === 'delete') return [];
    if (edit.action === 'put') return [edit.value];
    return edit.flag ? [item, edit.value] : [edit.value, item];
  };
  return { kind: 'array', items: items.flatMap((item, i) => (i === at ? replaced(item) : [item])) };
}

function indexOf(name: string, depth: number): number {
  if (/^\s*[+-]?\d{1,10}$/.test(name)) return Number(name);
  throw failure('jsonPath', { message: `path element at position ${depth + 1} is not an integer: "${name}"` });
}

/** jsonb_strip_nulls: members whose value is null are left out, at every depth; null elements stay. */
export function stripNulls(node: JsonNode): JsonNode {
  if (isArray(node)) return { kind: 'array', items: node.items.map(stripNulls) };
  if (!isObject(node)) return node;
  const members = node.members
    .filter(([, value]) => value !== null)
    .map(([key, value]): Member => [key, stripNulls(value)]);
  return { kind: 'object', members };
}
