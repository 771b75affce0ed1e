import { failure, type Value } from '@millrace/core';
import type { ReferenceFunction } from './functions.ts';
import { accessJson, type Json, parseJson, printJson, typeOfJson } from './json.ts';

/** `substring(text, from, count)`: characters are counted from 1, and those before the first are counted too. */
function substring(text: string, from: number, count: number | null): string {
  if (count !== null && count < 0) throw failure('negativeSubstring');
  const end = count === null ? Number.POSITIVE_INFINITY : from + count;
  return [...text].filter((_, index) => index + 1 >= from && index + 1 < end).join('');
}

function field(args: readonly Value[]): Json | undefined {
  return accessJson(parseJson(String(args[0])), args[1] as string | number);
}

/** Functions of text, jsonb and arrays, by name. */
export const TEXT_FUNCTIONS: ReadonlyMap<string, ReferenceFunction> = new Map<string, ReferenceFunction>([
  ['substring', ({ args }) => substring(String(args[0]), Number(args[1]), args.length < 3 ? null : Number(args[2]))],
  ['left', ({ args }) => [...String(args[0])].slice(0, Number(args[1])).join('')],
  [
    'replace',
    ({ args }) =>
      args[1] === '' ? (args[0] ?? null) : String(args[0]).replaceAll(String(args[1]), () => String(args[2])),
  ],
  ['btrim', ({ args }) => String(args[0]).replace(/^ +| +$/g, '')],
  ['strpos', ({ args }) => strpos(String(args[0]), String(args[1]))],
  ['starts_with', ({ args }) => String(args[0]).startsWith(String(args[1]))],
  [
    '->',
    ({ args }) => {
      const found = field(args);
      return found === undefined ? null : printJson(found);
    },
  ],
  [
    '->>',
    ({ args }) => {
      const found = field(args) ?? null;
      return found === null || typeof found === 'string' ? found : printJson(found);
    },
  ],
  ['jsonb_typeof', ({ args }) => typeOfJson(parseJson(String(args[0])))],
  ['cardinality', ({ args }) => (args[0] as readonly Value[]).length],
  [
    'array_length',
    ({ args }) => {
      const { length } = args[0] as readonly Value[];
      return args[1] === 1 && length > 0 ? length : null;
    },
  ],
]);

function strpos(text: string, part: string): number {
  const [characters, wanted] = [[...text], [...part]];
  for (let at = 0; at + wanted.length <= characters.length; at++)
    if (wanted.every((character, i) => characters[at + i] === character)) return at + 1;
  return 0;
}
