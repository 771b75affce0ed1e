import type { Matcher } from 're2js';
import { failure } from '../errors/table.ts';
import type { Value } from '../types/value.ts';
import { checkLength } from './characters.ts';
import { compileRegex } from './regex-cache.ts';

/** Whether the pattern matches somewhere in the text. */
export function regexTest(value: string, pattern: string, flags = ''): boolean {
  return compileRegex(pattern, flags).test(value);
}

/** A match: its place in UTF-16 units, and its groups, the whole first. */
export interface RegexMatch {
  readonly start: number;
  readonly end: number;
  readonly groups: readonly (string | null)[];
}

/** The matches one after the other; after an empty one the search goes on a character later, as PostgreSQL does. */
export function* regexMatches(value: string, pattern: string, flags = '', from = 0): Generator<RegexMatch, void, void> {
  const matcher = compileRegex(pattern, flags).matcher(value);
  let at = from;
  while (at <= value.length && matcher.find(at)) {
    const match = readMatch(matcher);
    yield match;
    at = match.end > match.start ? match.end : match.end + ((value.codePointAt(match.end) ?? 0) > 0xffff ? 2 : 1);
  }
}

function readMatch(matcher: Matcher): RegexMatch {
  const groups: (string | null)[] = [];
  for (let k = 0; k <= matcher.groupCount(); k++) groups.push(matcher.group(k));
  return { start: matcher.start(), end: matcher.end(), groups };
}

/** regexp_match: the groups of the first match, or the whole match where there are no groups. */
export function regexMatch(value: string, pattern: string, flags: string): Value {
  if (flags.includes('g')) {
    throw failure(
      'invalidParameterValue',
      { message: 'regexp_match() does not support the "global" option' },
      { hint: 'Use the regexp_matches function instead.' },
    );
  }
  for (const match of regexMatches(value, pattern, flags)) {
    return match.groups.length > 1 ? match.groups.slice(1) : [match.groups[0]!];
  }
  return null;
}

/** `substring(text FROM pattern)`: the first group if there is one, else the whole match. */
export function regexSubstring(value: string, pattern: string): string | null {
  for (const match of regexMatches(value, pattern)) return match.groups[match.groups.length > 1 ? 1 : 0] ?? null;
  return null;
}

/** What regexp_replace takes besides text, pattern and replacement. */
export interface ReplaceOptions {
  readonly flags: string;
  /** UTF-16 offset where the search starts. */
  readonly from?: number;
  /** Replace only the n-th match; 0 = all. */
  readonly occurrence?: number;
}

/** regexp_replace: `\1`..`\9` and `\&` in the replacement stand for groups and the match. */
export function regexReplace(value: string, pattern: string, replacement: string, options: ReplaceOptions): string {
  const occurrence = options.occurrence ?? (options.flags.includes('g') ? 0 : 1);
  let result = '';
  let copied = 0;
  let count = 0;
  for (const match of regexMatches(value, pattern, options.flags.replaceAll('g', ''), options.from)) {
    count++;
    if (occurrence !== 0 && count < occurrence) continue;
    result += value.slice(copied, match.start) + expand(replacement, match);
    copied = match.end;
    checkLength(result.length);
    if (occurrence !== 0) break;
  }
  return result + value.slice(copied);
}

function expand(replacement: string, match: RegexMatch): string {
  if (!replacement.includes('\\')) return replacement;
  return replacement.replace(/\\([\s\S]|$)/g, (all, next: string) => {
    if (next === '&') return match.groups[0] ?? '';
    if (/[1-9]/.test(next)) return match.groups[Number(next)] ?? '';
    return next === '\\' ? '\\' : all;
  });
}

/** regexp_split_to_array and _to_table: empty matches at the ends and right after a match split nothing. */
export function regexSplit(value: string, pattern: string, flags: string): string[] {
  const parts: string[] = [];
  let copied = 0;
  for (const match of regexMatches(value, pattern, flags)) {
    if (match.end === match.start && (match.start === copied || match.start >= value.length)) continue;
    parts.push(value.slice(copied, match.start));
    copied = match.end;
  }
  parts.push(value.slice(copied));
  return parts;
}
