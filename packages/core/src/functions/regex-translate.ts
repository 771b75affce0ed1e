import { failure } from '../errors/table.ts';
import { translateBracket } from './regex-bracket.ts';
import { escapeOf, literalOf } from './regex-escape.ts';

/** A PostgreSQL regular expression as re2js reads it. */
export interface TranslatedRegex {
  readonly source: string;
  readonly isCaseInsensitive: boolean;
  /** `^` and `$` match at line ends too (options n, m, w). */
  readonly isMultiline: boolean;
  /** `.` matches a newline (all but options n, m, p). */
  readonly dotMatchesNewline: boolean;
  /** A non-greedy quantifier occurs: first match instead of longest. */
  readonly isNonGreedy: boolean;
}

/** 2201B with PostgreSQL's reason. */
export function invalidRegex(reason: string): Error {
  return failure('invalidRegex', { reason });
}

interface Options {
  caseInsensitive: boolean;
  multiline: boolean;
  dotNewline: boolean;
  expanded: boolean;
  literal: boolean;
}

/** Applies PostgreSQL's option letters (table 9.24); false for one that does not exist. */
function applyOption(options: Options, letter: string): boolean {
  if (letter === 'i') options.caseInsensitive = true;
  else if (letter === 'c') options.caseInsensitive = false;
  else if (letter === 'n' || letter === 'm') Object.assign(options, { multiline: true, dotNewline: false });
  else if (letter === 'p') Object.assign(options, { multiline: false, dotNewline: false });
  else if (letter === 'w') Object.assign(options, { multiline: true, dotNewline: true });
  else if (letter === 's') Object.assign(options, { multiline: false, dotNewline: true });
  else if (letter === 'x') options.expanded = true;
  else if (letter === 't') options.expanded = false;
  else if (letter === 'q') options.literal = true;
  else return letter === 'e' || letter === 'b';
  return true;
}

/**
 * Translates an advanced regular expression (PostgreSQL manual 9.7.3) and its flags. Not supported (0A000): back references and look-ahead,
 * which have no linear-time matching. Word boundaries look at ASCII word characters. 22023 for an unknown flag, 2201B for a bad pattern.
 */
export function translateRegex(pattern: string, flags: string): TranslatedRegex {
  const options: Options = {
    caseInsensitive: false,
    multiline: false,
    dotNewline: true,
    expanded: false,
    literal: false,
  };
  for (const letter of flags) {
    if (!applyOption(options, letter)) {
      throw failure('invalidParameterValue', { message: `invalid regular expression option: "${letter}"` });
    }
  }
  let body = pattern;
  if (body.startsWith('***=')) {
    options.literal = true;
    body = body.slice(4);
  } else if (body.startsWith('***:')) body = body.slice(4);
  else if (body.startsWith('***')) throw invalidRegex('quantifier operand invalid');
  const embedded = options.literal ? null : /^\(\?([a-z]+)\)/.exec(body);
  if (embedded !== null) {
    for (const letter of embedded[1]!) if (!applyOption(options, letter)) throw invalidRegex('invalid embedded option');
    body = body.slice(embedded[0].length);
  }
  const translator = new Translator(body, options);
  const source = options.literal ? literalOf(body) : translator.run();
  return {
    source,
    isCaseInsensitive: options.caseInsensitive,
    isMultiline: options.multiline,
    dotMatchesNewline: options.dotNewline,
    isNonGreedy: translator.isNonGreedy,
  };
}

const REPETITIONS_MAX = 255;

/** One pass over the pattern; `#operand` says whether a quantifier may follow. */
class Translator {
  readonly #text: string;
  readonly #options: Options;
  isNonGreedy = false;
  #at = 0;
  #depth = 0;
  #operand = false;
  #out = '';

  constructor(text: string, options: Options) {
    this.#text = text;
    this.#options = options;
  }

  run(): string {
    while (this.#at < this.#text.length) this.#step(String.fromCodePoint(this.#text.codePointAt(this.#at)!));
    if (this.#depth > 0) throw invalidRegex('parentheses () not balanced');
    return this.#out;
  }

  #emit(source: string, length: number, isOperand: boolean): void {
    this.#out += source;
    this.#at += length;
    this.#operand = isOperand;
  }

  #step(character: string): void {
    if (this.#options.expanded && this.#skipExpanded(character)) return;
    if (character === '(') this.#open();
    else if (character === ')') {
      if (--this.#depth < 0) throw invalidRegex('parentheses () not balanced');
      this.#emit(')', 1, true);
    } else if (character === '|' || character === '^') this.#emit(character, 1, false);
    else if (character === '$' || character === '.') this.#emit(character, 1, character === '.');
    else if (character === '[') {
      const bracket = translateBracket(this.#text, this.#at, this.#options.dotNewline);
      this.#emit(bracket.source, bracket.end - this.#at, bracket.isOperand);
    } else if (character === '\\') {
      const piece = escapeOf(this.#text, this.#at);
      this.#emit(piece.source, piece.end - this.#at, piece.isOperand);
    } else if (/[*+?]/.test(character) || (character === '{' && /\d/.test(this.#text[this.#at + 1] ?? '')))
      this.#quantifier();
    else this.#emit(literalOf(character), character.length, true);
  }

  #skipExpanded(character: string): boolean {
    if (character === '#') {
      const end = this.#text.indexOf('\n', this.#at);
      this.#at = end < 0 ? this.#text.length : end + 1;
      return true;
    }
    if (/\s/.test(character)) this.#at++;
    return /\s/.test(character);
  }

  #open(): void {
    const rest = this.#text.slice(this.#at, this.#at + 4);
    if (rest.startsWith('(?#')) {
      const end = this.#text.indexOf(')', this.#at);
      if (end < 0) throw invalidRegex('parentheses () not balanced');
      this.#at = end + 1;
      return;
    }
    if (rest.startsWith('(?=') || rest.startsWith('(?!')) {
      throw failure('notSupported', { feature: 'look-ahead in a regular expression' });
    }
    const head = ['(?<=', '(?<!', '(?:'].find((prefix) => rest.startsWith(prefix)) ?? '(';
    if (head === '(' && rest.startsWith('(?')) throw invalidRegex('quantifier operand invalid');
    this.#depth++;
    this.#emit(head, head.length, false);
  }

  #quantifier(): void {
    if (!this.#operand) throw invalidRegex('quantifier operand invalid');
    const match = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/.exec(this.#text.slice(this.#at));
    if (match === null) throw invalidRegex('invalid repetition count(s)');
    const low = Number(match[1] ?? 0);
    const high = match[3] === undefined || match[3] === '' ? low : Number(match[3]);
    if (low > REPETITIONS_MAX || high > REPETITIONS_MAX || high < low)
      throw invalidRegex('invalid repetition count(s)');
    if (match[0].length > 1 && match[0].endsWith('?')) this.isNonGreedy = true;
    this.#emit(match[0], match[0].length, false);
  }
}
