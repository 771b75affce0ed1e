import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import { characterCount } from '../types/text-length.ts';
import { characterOffset, characterSlice, lowerCase } from './characters.ts';
import type { FunctionDefinition } from './definition.ts';
import { likeEscape, likeMatcher } from './like.ts';
import { regexMatch, regexMatches, regexReplace, regexSplit, regexSubstring, regexTest } from './regex.ts';
import { lastOf, simple, TEXT_ARRAY_TYPE } from './shorthand.ts';
import { similarToRegex } from './similar.ts';

const { text, bool, int4 } = types;

/** For text, and for char(n) with its trailing blanks, which a cast to text would take away. */
function operators(name: string, matches: (value: string, pattern: string) => boolean): FunctionDefinition[] {
  const kinds = ['text', 'bpchar'] as const;
  return kinds.map((kind) => simple<[string, string]>(name, [kind, 'text'], bool, matches));
}

function likeOperators(): FunctionDefinition[] {
  const like = lastOf(likeMatcher);
  const ilike = lastOf((pattern) => {
    const matcher = likeMatcher(lowerCase(pattern));
    return (value: string): boolean => matcher(lowerCase(value));
  });
  return [
    ...operators('~~', (value, pattern) => like(pattern)(value)),
    ...operators('!~~', (value, pattern) => !like(pattern)(value)),
    ...operators('~~*', (value, pattern) => ilike(pattern)(value)),
    ...operators('!~~*', (value, pattern) => !ilike(pattern)(value)),
    simple<[string, string]>('like_escape', ['text', 'text'], text, likeEscape),
    simple<[string]>('similar_to_escape', ['text'], text, (pattern) => similarToRegex(pattern, null)),
    simple<[string, string]>('similar_to_escape', ['text', 'text'], text, similarToRegex),
    simple<[string, string]>('substring', ['text', 'text'], text, regexSubstring),
    simple<[string, string, string]>('substring', ['text', 'text', 'text'], text, (value, pattern, escapeText) =>
      regexSubstring(value, similarToRegex(pattern, escapeText)),
    ),
  ];
}

const regexOperators = [
  ...operators('~', (value, pattern) => regexTest(value, pattern)),
  ...operators('!~', (value, pattern) => !regexTest(value, pattern)),
  ...operators('~*', (value, pattern) => regexTest(value, pattern, 'i')),
  ...operators('!~*', (value, pattern) => !regexTest(value, pattern, 'i')),
];

/** 22023 unless the argument of a regexp function is positive. */
function checkPositive(name: string, value: number, least = 1): void {
  if (value < least) {
    throw failure('invalidParameterValue', { message: `invalid value for parameter "${name}": ${value}` });
  }
}

/** The UTF-16 offset of character `start`, from 1. */
function searchStart(value: string, start: number): number {
  checkPositive('start', start);
  return start - 1 >= characterCount(value) + 1 ? value.length + 1 : characterSlice(value, 0, start - 1).length;
}

interface Search {
  readonly value: string;
  readonly pattern: string;
  readonly start: number;
  readonly occurrence: number;
  readonly flags: string;
}

function nthMatch({ value, pattern, start, occurrence, flags }: Search): { start: number; text: string } | null {
  checkPositive('n', occurrence);
  let count = 0;
  for (const match of regexMatches(value, pattern, flags, searchStart(value, start))) {
    if (++count === occurrence) return { start: match.start, text: match.groups[0] ?? '' };
  }
  return null;
}

function count(value: string, pattern: string, start: number, flags: string): number {
  let matches = 0;
  for (const _ of regexMatches(value, pattern, flags, searchStart(value, start))) matches++;
  return matches;
}

type Args = [value: string, pattern: string, start?: number, occurrence?: number, flags?: string];
const searchOptions = { optionalArgs: 3 };

const searches = [
  simple<Args>(
    'regexp_substr',
    ['text', 'text', 'int4', 'int4', 'text'],
    text,
    (value, pattern, start = 1, occurrence = 1, flags = '') =>
      nthMatch({ value, pattern, start, occurrence, flags })?.text ?? null,
    searchOptions,
  ),
  simple<Args>(
    'regexp_instr',
    ['text', 'text', 'int4', 'int4'],
    int4,
    (value, pattern, start = 1, occurrence = 1) => {
      const match = nthMatch({ value, pattern, start, occurrence, flags: '' });
      return match === null ? 0 : characterOffset(value, match.start) + 1;
    },
    { optionalArgs: 2 },
  ),
  simple<[string, string, number?, string?]>(
    'regexp_count',
    ['text', 'text', 'int4', 'text'],
    int4,
    (value, pattern, start = 1, flags = '') => count(value, pattern, start, flags),
    { optionalArgs: 2 },
  ),
];

/** LIKE, ILIKE, SIMILAR TO, POSIX regular expressions and the functions around them (PostgreSQL manual 9.7). */
export const patternFunctions: readonly FunctionDefinition[] = [
  ...likeOperators(),
  ...regexOperators,
  ...searches,
  simple<[string, string, string?]>(
    'regexp_like',
    ['text', 'text', 'text'],
    bool,
    (value, pattern, flags = '') => regexTest(value, pattern, flags),
    { optionalArgs: 1 },
  ),
  simple<[string, string, string?]>(
    'regexp_match',
    ['text', 'text', 'text'],
    TEXT_ARRAY_TYPE,
    (value, pattern, flags = '') => regexMatch(value, pattern, flags),
    { optionalArgs: 1 },
  ),
  simple<[string, string, string?]>(
    'regexp_split_to_array',
    ['text', 'text', 'text'],
    TEXT_ARRAY_TYPE,
    (value, pattern, flags = '') => regexSplit(value, pattern, flags),
    { optionalArgs: 1 },
  ),
  simple<[string, string, string, string?]>(
    'regexp_replace',
    ['text', 'text', 'text', 'text'],
    text,
    (value, pattern, replacement, flags = '') => regexReplace(value, pattern, replacement, { flags }),
    { optionalArgs: 1 },
  ),
  simple<[string, string, string, number, number?, string?]>(
    'regexp_replace',
    ['text', 'text', 'text', 'int4', 'int4', 'text'],
    text,
    (value, pattern, replacement, start, occurrence, flags = '') => {
      checkPositive('n', occurrence ?? 1, 0);
      const from = searchStart(value, start);
      return regexReplace(value, pattern, replacement, { flags, from, occurrence: occurrence ?? 1 });
    },
    { optionalArgs: 2 },
  ),
];
