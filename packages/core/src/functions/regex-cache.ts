import { RE2JS } from 're2js';
import { failure } from '../errors/table.ts';
import { invalidRegex, translateRegex } from './regex-translate.ts';

const ENTRIES_MAX = 256;
/** Least recently used first. Patterns do not depend on the session, so the cache is the process's. */
const cache = new Map<string, RE2JS>();

/** The compiled form of a PostgreSQL pattern with option letters, made in linear time and matched in linear time (RE2). */
export function compileRegex(pattern: string, flags: string): RE2JS {
  const key = `${flags}/${pattern}`;
  let regex = cache.get(key);
  if (regex !== undefined) cache.delete(key);
  else regex = compile(pattern, flags);
  cache.set(key, regex);
  if (cache.size > ENTRIES_MAX) cache.delete(cache.keys().next().value!);
  return regex;
}

function compile(pattern: string, flags: string): RE2JS {
  const translated = translateRegex(pattern, flags);
  const options =
    (translated.isCaseInsensitive ? RE2JS.CASE_INSENSITIVE : 0) |
    (translated.isMultiline ? RE2JS.MULTILINE : 0) |
    (translated.dotMatchesNewline ? RE2JS.DOTALL : 0) |
    (translated.isNonGreedy ? 0 : RE2JS.LONGEST_MATCH) |
    (translated.source.includes('(?<') ? RE2JS.LOOKBEHINDS : 0);
  try {
    return RE2JS.compile(translated.source, options);
  } catch (cause) {
    const isTooLarge = cause instanceof Error && /too large|too deep|size/i.test(cause.message);
    if (isTooLarge) throw failure('programLimit', { message: 'regular expression is too complex' }, { cause });
    throw invalidRegex('invalid pattern');
  }
}
