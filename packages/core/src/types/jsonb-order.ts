import { compareText } from '../codec/utf8.ts';
import { type JsonNode, parseJson, sortedMembers } from './json.ts';
import { compareNumeric, parseNumeric } from './numeric.ts';

/** null < string < number < boolean < array < object. */
function rankOf(node: JsonNode): number {
  if (node === null) return 0;
  if (typeof node === 'string') return 1;
  if (typeof node === 'boolean') return 3;
  return node.kind === 'number' ? 2 : node.kind === 'array' ? 4 : 5;
}

function sign(difference: number): -1 | 0 | 1 {
  return difference === 0 ? 0 : difference < 0 ? -1 : 1;
}

function compareNodes(a: JsonNode, b: JsonNode): -1 | 0 | 1 {
  const rank = rankOf(a) - rankOf(b);
  if (rank !== 0) return sign(rank);
  if (a === null || b === null) return 0;
  if (typeof a === 'string' || typeof b === 'string') return compareText(a as string, b as string);
  if (typeof a === 'boolean' || typeof b === 'boolean') return sign(Number(a) - Number(b));
  if (a.kind === 'number' && b.kind === 'number') return compareNumeric(parseNumeric(a.text), parseNumeric(b.text));
  if (a.kind === 'array' && b.kind === 'array') return compareItems(a.items, b.items);
  if (a.kind !== 'object' || b.kind !== 'object') return 0;
  const x = sortedMembers(a.members);
  const y = sortedMembers(b.members);
  if (x.length !== y.length) return sign(x.length - y.length);
  for (let i = 0; i < x.length; i += 1) {
    const order = compareText(x[i]![0], y[i]![0]) || compareNodes(x[i]![1], y[i]![1]);
    if (order !== 0) return order;
  }
  return 0;
}

function compareItems(a: readonly JsonNode[], b: readonly JsonNode[]): -1 | 0 | 1 {
  if (a.length !== b.length) return sign(a.length - b.length);
  for (let i = 0; i < a.length; i += 1) {
    const order = compareNodes(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function isEmptyArray(node: JsonNode): boolean {
  return node !== null && typeof node === 'object' && node.kind === 'array' && node.items.length === 0;
}

/**
 * jsonb's btree order (PostgreSQL manual 8.14.4): object > array > boolean > number > string > null, more elements > fewer, and the
 * historical quirk that a top-level empty array is less than everything.
 */
export function compareJson(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  const x = parseJson(a);
  const y = parseJson(b);
  if (isEmptyArray(x) || isEmptyArray(y)) return sign(Number(isEmptyArray(y)) - Number(isEmptyArray(x)));
  return compareNodes(x, y);
}
