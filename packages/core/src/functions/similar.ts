import { charactersOf } from './characters.ts';
import { invalidEscapeString } from './like.ts';

/**
 * `similar_to_escape`: the regular expression that a SIMILAR TO pattern means. `escapeText` null = backslash, '' = none; escape followed by `"`
 * marks the part that `substring(... SIMILAR ... ESCAPE ...)` returns.
 */
export function similarToRegex(pattern: string, escapeText: string | null): string {
  const [character, ...more] = escapeText === null ? ['\\'] : charactersOf(escapeText);
  if (more.length > 0) throw invalidEscapeString();
  let result = '^(?:';
  let isEscaped = false;
  let isInBracket = false;
  let quotes = 0;
  for (const next of pattern) {
    if (isEscaped) {
      if (next === '"' && !isInBracket) result += quotes++ === 0 ? '){1,1}?(' : '){1,1}(?:';
      else result += `\\${next}`;
      isEscaped = false;
    } else if (next === character) isEscaped = true;
    else if (isInBracket) {
      result += next === '\\' ? '\\\\' : next;
      if (next === ']') isInBracket = false;
    } else {
      result += outside(next);
      if (next === '[') isInBracket = true;
    }
  }
  return `${result})$`;
}

function outside(character: string): string {
  if (character === '%') return '.*';
  if (character === '_') return '.';
  if (character === '(') return '(?:';
  return /[\\.^$]/.test(character) ? `\\${character}` : character;
}
