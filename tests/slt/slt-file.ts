import { AssertionError } from 'node:assert';

/** How the rows of a query are put in order before they are compared. */
export type SortMode = 'nosort' | 'rowsort' | 'valuesort';

/** What an error must look like: its SQLSTATE, if the file says one, and a pattern of its message. */
export interface ErrorExpectation {
  readonly sqlstate: string | null;
  readonly message: RegExp | null;
}

/** What a record expects. */
export type Expectation =
  | { readonly kind: 'ok' }
  | { readonly kind: 'count'; readonly count: number }
  | { readonly kind: 'error'; readonly error: ErrorExpectation }
  | {
      readonly kind: 'rows';
      /** A letter per column, see `typeLetter`. */
      readonly types: string;
      readonly sort: SortMode;
      readonly showsNames: boolean;
      readonly label: string | null;
      readonly lines: readonly string[];
    };

/** One statement or query of a file. */
export interface SltRecord {
  /** Line of its head, from 1. */
  readonly line: number;
  readonly verb: 'statement' | 'query';
  readonly connection: string;
  readonly only: readonly string[];
  readonly skip: readonly string[];
  readonly sql: string;
  readonly expectation: Expectation;
  /** Lines of the file (from 0) that `--complete` replaces: the head, and what stands below the SQL. */
  readonly head: number;
  readonly sqlEnd: number;
  readonly end: number;
}

/** What a file does, in order. */
export type SltItem =
  | { readonly kind: 'record'; readonly record: SltRecord }
  | { readonly kind: 'hash-threshold'; readonly values: number }
  | {
      readonly kind: 'loop';
      readonly variable: string;
      readonly values: readonly string[];
      readonly items: readonly SltItem[];
    };

/** Raised for a file that means nothing; the message names file and line. */
export class SltSyntaxError extends AssertionError {}

const SQLSTATE = /^(?=[0-9A-Z]*\d)[0-9A-Z]{5}$/;

/** Reads a file. Everything after `halt` is left out. */
export function parseSlt(name: string, text: string): readonly SltItem[] {
  return new SltReader(name, text.split('\n')).items(null);
}

class SltReader {
  readonly #name: string;
  readonly #lines: readonly string[];
  #at = 0;
  #connection = 'default';
  #only: string[] = [];
  #skip: string[] = [];

  constructor(name: string, lines: readonly string[]) {
    this.#name = name;
    this.#lines = lines;
  }

  /** Items up to `endloop`, `halt` or the end. */
  items(loopLine: number | null): readonly SltItem[] {
    const items: SltItem[] = [];
    for (;;) {
      const line = this.#lines[this.#at];
      if (line === undefined) break;
      const words = line.trim().split(/\s+/);
      const [word = '', ...rest] = words;
      if (word === 'halt') {
        this.#at = this.#lines.length;
        return items;
      }
      if (word === 'endloop') {
        if (loopLine === null) this.#refuse('endloop without loop');
        this.#at++;
        return items;
      }
      const item = this.#item(word, rest, line);
      if (item !== null) items.push(item);
    }
    if (loopLine !== null) this.#refuse(`the loop of line ${loopLine} has no endloop`);
    return items;
  }

  #item(word: string, rest: readonly string[], line: string): SltItem | null {
    switch (word) {
      case 'statement':
      case 'query':
        return { kind: 'record', record: this.#record(word, line) };
      case 'hash-threshold':
        this.#at++;
        return { kind: 'hash-threshold', values: this.#number(rest[0]) };
      case 'loop':
      case 'foreach':
        return this.#loop(word, rest);
      case 'connection':
        this.#connection = rest[0] ?? this.#refuse('connection without a name');
        break;
      case 'skipif':
        this.#skip.push(rest[0] ?? this.#refuse('skipif without a configuration'));
        break;
      case 'onlyif':
        this.#only.push(rest[0] ?? this.#refuse('onlyif without a configuration'));
        break;
      default:
        if (line.trim() !== '' && !line.startsWith('#')) this.#refuse(`"${line}" is no record`);
    }
    this.#at++;
    return null;
  }

  #loop(word: string, [variable = '', ...words]: readonly string[]): SltItem {
    const line = this.#at + 1;
    const first = this.#number(word === 'loop' ? words[0] : '0');
    const past = this.#number(word === 'loop' ? words[1] : '0');
    const values = word === 'foreach' ? words : Array.from({ length: past - first }, (_, i) => String(first + i));
    this.#at++;
    return { kind: 'loop', variable, values, items: this.items(line) };
  }

  /** A head, its SQL up to a blank line or `----`, and what it expects up to a blank line. */
  #record(verb: SltRecord['verb'], line: string): SltRecord {
    const head = this.#at++;
    const sql = this.#linesUntil((text) => text === '' || text === '----');
    if (sql.length === 0) this.#refuse('a record without SQL');
    const sqlEnd = this.#at;
    const hasResult = this.#lines[this.#at] === '----';
    if (hasResult) this.#at++;
    const result = hasResult ? this.#linesUntil((text) => text === '') : [];
    const record: SltRecord = {
      line: head + 1,
      verb,
      connection: this.#connection,
      only: this.#only,
      skip: this.#skip,
      sql: sql.join('\n'),
      expectation: this.#expectation(verb, line, result),
      head,
      sqlEnd,
      end: this.#at,
    };
    this.#connection = 'default';
    this.#only = [];
    this.#skip = [];
    return record;
  }

  #linesUntil(isEnd: (line: string) => boolean): readonly string[] {
    const from = this.#at;
    while (this.#at < this.#lines.length && !isEnd(this.#lines[this.#at] ?? '')) this.#at++;
    return this.#lines.slice(from, this.#at);
  }

  #expectation(word: string, line: string, result: readonly string[]): Expectation {
    const [, verb = '', ...rest] = line.trim().split(/\s+/);
    if (verb === 'error') return { kind: 'error', error: this.#error(line.replace(/^\s*\w+\s+error\s*/, '')) };
    if (word === 'query') return this.#rows(verb, rest, result);
    if (verb === 'ok') return { kind: 'ok' };
    if (verb === 'count') return { kind: 'count', count: this.#number(rest[0]) };
    return this.#refuse('a statement is ok, error or count');
  }

  #error(text: string): ErrorExpectation {
    const [first = '', ...rest] = text.trim().split(/\s+/);
    const sqlstate = SQLSTATE.test(first) ? first : null;
    const pattern = sqlstate === null ? text.trim() : rest.join(' ');
    return { sqlstate, message: pattern === '' ? null : new RegExp(pattern) };
  }

  /** `query`, types, then words; the types may be missing where `--complete` is to find them. */
  #rows(verb: string, rest: readonly string[], lines: readonly string[]): Expectation {
    const hasTypes = /^[A-Z?]+$/.test(verb);
    const types = hasTypes ? verb : '';
    const words = hasTypes || verb === '' ? [...rest] : [verb, ...rest];
    const sort = words.find((word): word is SortMode => /^(nosort|rowsort|valuesort)$/.test(word)) ?? 'nosort';
    const labels = words.filter((word) => word !== sort && word !== 'colnames');
    if (labels.length > 1) this.#refuse(`more than one label: ${labels.join(' ')}`);
    return { kind: 'rows', types, sort, showsNames: words.includes('colnames'), label: labels[0] ?? null, lines };
  }

  #number(word: string | undefined): number {
    return /^-?\d+$/.test(word ?? '') ? Number(word) : this.#refuse(`"${word ?? ''}" is no number`);
  }

  #refuse(reason: string): never {
    throw new SltSyntaxError({ message: `${this.#name}:${this.#at + 1}: ${reason}` });
  }
}
