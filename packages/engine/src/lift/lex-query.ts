import { type DataType, types } from '@millrace/core';

/** A literal that was lifted: what its placeholder is declared as (null: a string, which takes its type from what it is compared with) and its text. */
export interface LiftedLiteral {
  readonly type: DataType | null;
  readonly text: string;
}

/** A query without the literals that it compares columns with. */
export interface QueryTemplate {
  /** The text with `$n` for each; equal numbers share one. */
  readonly sql: string;
  /** Of `$1`, `$2` ... */
  readonly literals: readonly LiftedLiteral[];
}

const START = /[ \t\n\r\f]*(?:select|with)(?![a-z0-9_$\u0080-\uffff'"&])/iy;
const SPACE = /[ \t\n\r\f]+|--[^\n\r]*/y;
const WORD = /[a-z_\u0080-\uffff][a-z0-9_\u0080-\uffff]*/iy;
const QUOTED_NAME = /"(?:[^"\0]|"")*"/y;
const STRING = /'(?:[^'\0]|'')*'/y;
const NUMBER = /(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?/iy;
const OPERATOR = /[-+*/<>=~!@#%^&|`?]+/y;
const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '!=', '<', '<=', '>', '>=']);
/** What may stand behind a literal that is all of one side of a comparison: nothing that binds stronger, and no alias. */
const END =
  /[ \t\n\r\f]*(?:$|[),;]|(?:and|or|from|where|group|having|order|limit|offset|union|intersect|except|then|when|else|end|join|left|right|inner|full|cross)(?![a-z0-9_$\u0080-\uffff'"&]))/iy;
const INT4_MAX = 2_147_483_647n;
const INT8_MAX = 9_223_372_036_854_775_807n;
const LITERAL_CHARACTERS_MAX = 4_096;

/** A pass over the text, token by token. What it has no rule for ends it. */
class Lexer {
  readonly sql: string;
  at = 0;

  constructor(sql: string) {
    this.sql = sql;
  }

  /** Whether `pattern` is next; then behind it. */
  skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.sql)) return false;
    this.at = pattern.lastIndex;
    return true;
  }

  isNext(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.sql);
  }
}

/** What came before a literal: `word op` is `compared`. */
type Before = 'other' | 'word' | 'compared' | 'between' | 'low' | 'low and';

/**
 * Lifts the literals out of a query that are compared with a column: `name = 'x'`, `t.n >= 5 and`, `ts between 'a' and 'b'`. Those mean the same as
 * parameters; any other stays in the template as it is (LIMIT 5, ORDER BY 1, `date '2024-01-01'`, `5::text`, `-5`, arguments of functions), since its
 * value may matter to the plan. Null for what this lexer does not read: parameters, dollar quotes, E'' and other prefixed strings, block comments,
 * several statements.
 */
export function queryTemplate(sql: string): QueryTemplate | null {
  const lexer = new Lexer(sql);
  if (!lexer.isNext(START)) return null;
  const literals: LiftedLiteral[] = [];
  const numbers = new Map<string, number>();
  let template = '';
  let copied = 0;
  let before = 'other' as Before;
  while (lexer.at < sql.length) {
    if (lexer.skip(SPACE)) continue;
    const from = lexer.at;
    const code = sql.charCodeAt(from);
    const isString = code === 0x27;
    if (isString || lexer.isNext(NUMBER)) {
      if (!lexer.skip(isString ? STRING : NUMBER) || lexer.isNext(WORD)) return null;
      const isCompared: boolean = before === 'compared' || before === 'low and';
      const isLifted: boolean = (isCompared && lexer.isNext(END)) || (before === 'between' && isAndNext(lexer));
      before = isLifted && before === 'between' ? 'low' : 'other';
      if (!isLifted || lexer.at - from > LITERAL_CHARACTERS_MAX) continue;
      const literal = isString ? stringOf(sql.slice(from, lexer.at)) : numberOf(sql.slice(from, lexer.at));
      const index = (literal.type === null ? undefined : numbers.get(literal.text)) ?? literals.push(literal);
      if (literal.type !== null) numbers.set(literal.text, index);
      template += `${sql.slice(copied, from)}$${index}`;
      copied = lexer.at;
      continue;
    }
    const next = afterToken(lexer, before);
    if (next === null) return null;
    before = next;
  }
  return { sql: template + sql.slice(copied), literals };
}

/** The AND of a BETWEEN, whose other end follows. */
const AND = /[ \t\n\r\f]+and(?![a-z0-9_$\u0080-\uffff'"&])/iy;
const isAndNext = (lexer: Lexer): boolean => lexer.isNext(AND);

/** Reads a token that is no literal; null for one that there is no rule for. */
function afterToken(lexer: Lexer, before: Before): Before | null {
  const { sql } = lexer;
  const from = lexer.at;
  if (lexer.skip(WORD)) return afterWord(lexer, sql.slice(from, lexer.at).toLowerCase(), before);
  if (lexer.skip(QUOTED_NAME)) return 'word';
  if (lexer.skip(OPERATOR)) {
    const operator = sql.slice(from, lexer.at);
    if (operator.includes('/*') || operator.includes('--')) return null;
    return before === 'word' && COMPARISONS.has(operator) ? 'compared' : 'other';
  }
  const char = sql[lexer.at++];
  // A point is part of a name; the word that follows it counts.
  if (char === '.' || char === '(' || char === ')' || char === '[' || char === ']' || char === ',' || char === ':') {
    return 'other';
  }
  if (char !== ';') return null;
  while (lexer.skip(SPACE));
  return lexer.at === sql.length ? 'other' : null;
}

function afterWord(lexer: Lexer, word: string, before: Before): Before | null {
  const code = lexer.sql.charCodeAt(lexer.at);
  // E'', U&"" and the like, and `$` in a name.
  if (code === 0x27 || code === 0x24) return null;
  if (code === 0x26 && word === 'u') return null;
  if (word === 'between' && before === 'word') return 'between';
  if (word === 'and' && before === 'low') return 'low and';
  return 'word';
}

function stringOf(source: string): LiftedLiteral {
  return { type: null, text: source.slice(1, -1).replaceAll("''", "'") };
}

/** As the binder types it. */
function numberOf(source: string): LiftedLiteral {
  if (!/^[0-9]{1,19}$/.test(source)) return { type: types.numeric, text: source };
  const value = BigInt(source);
  return { type: value <= INT4_MAX ? types.int4 : value <= INT8_MAX ? types.int8 : types.numeric, text: source };
}
