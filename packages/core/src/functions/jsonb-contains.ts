import type { JsonNode } from '../types/json.ts';
import { compareNumeric, parseNumeric } from '../types/numeric.ts';
import { isArray, isObject } from './jsonb-edit.ts';

/** `a @> b` (PostgreSQL manual 8.14.3): b's structure and data are in a; an array also contains a bare scalar. */
export function jsonContains(a: JsonNode, b: JsonNode): boolean {
  if (isArray(a) && !isArray(b) && !isObject(b)) return a.items.some((item) => equalScalars(item, b));
  return containsInside(a, b);
}

function containsInside(a: JsonNode, b: JsonNode): boolean {
  if (isObject(a)) {
    if (!isObject(b)) return false;
    const members = new Map(a.members);
    return b.members.every(([key, value]) => members.has(key) && containsInside(members.get(key)!, value));
  }
  if (isArray(a)) return isArray(b) && b.items.every((wanted) => a.items.some((item) => containsInside(item, wanted)));
  return equalScalars(a, b);
}

function equalScalars(a: JsonNode, b: JsonNode): boolean {
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (a.kind !== 'number' || b.kind !== 'number') return false;
  return a.text === b.text || compareNumeric(parseNumeric(a.text), parseNumeric(b.text)) === 0;
}

/** `?`: a key of an object, a string of an array, or the string itself. */
export function jsonExists(node: JsonNode, key: string): boolean {
  if (isObject(node)) return node.members.some(([name]) => name === key);
  return isArray(node) ? node.items.includes(key) : node === key;
}
