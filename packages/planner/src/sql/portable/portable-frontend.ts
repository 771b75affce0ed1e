import { failure, LIMITS } from '@millrace/core';
import type { ParsedStatement, SqlFrontend } from '../ast.ts';
import type { Reading } from './level.ts';
import { tokensOf } from './lexer.ts';
import { createMaskedParser, type MaskedParser } from './node-sql-parser.ts';
import { readStatement } from './statement.ts';
import { isWord, type Token } from './token.ts';
import { type StatementTokens, statementsOf } from './token-tree.ts';
import { requireShallow } from './tree-depth.ts';

/** What `portableFrontend` is told. */
export interface PortableFrontendOptions {
  /** Longest text, in UTF-8 bytes; 54000 beyond. */
  readonly sqlBytesMax?: number;
  /** Deepest tree; 54001 beyond. */
  readonly nestingDepthMax?: number;
}

/**
 * The second front end: plain JavaScript, no WASM, over node-sql-parser, which gets much of PostgreSQL's syntax wrong and therefore is believed in nothing. Our own lexer cuts the
 * text; each level of parentheses is shown to the parser by itself, with names, literals, casts, tests and operators masked; its tree must account for every token
 * in its order; and operators are grouped anew with PostgreSQL's precedence. What it accepts has the tree that `libpgFrontend` gives; everything
 * else is 42601 or 0A000 "... is not supported by this front end".
 */
export function portableFrontend(options: PortableFrontendOptions = {}): SqlFrontend {
  const { sqlBytesMax = LIMITS.sqlBytesMax, nestingDepthMax = LIMITS.nestingDepthMax } = options;
  let parser: MaskedParser | null = null;
  return {
    name: 'portable',
    async load() {
      parser ??= createMaskedParser();
    },
    parse(sql) {
      if (sql === '') return [];
      if (sql.includes('\0')) throw failure('invalidEncoding', { bytes: '0x00' });
      if (/[\ud800-\udfff]/u.test(sql)) throw failure('invalidEncoding', { bytes: 'a lone surrogate' });
      if (sql.length > sqlBytesMax || new TextEncoder().encode(sql).length > sqlBytesMax) {
        throw failure('programLimit', { message: `query text is longer than ${sqlBytesMax} bytes` });
      }
      parser ??= createMaskedParser();
      return parseText(sql, parser, nestingDepthMax);
    },
  };
}

function parseText(sql: string, parser: MaskedParser, nestingDepthMax: number): readonly ParsedStatement[] {
  try {
    const tokens = tokensOf(sql);
    const options = { parser, nestingDepthMax };
    return statementsOf(sql, tokens, nestingDepthMax).map((statement) => parseOne(sql, statement, options));
  } catch (error) {
    if (error instanceof RangeError) throw failure('tooComplex', {}, { cause: error });
    throw error;
  }
}

type Options = Pick<Reading, 'parser' | 'nestingDepthMax'>;

function parseOne(sql: string, { items, to }: StatementTokens, options: Options): ParsedStatement {
  const first = items[0]!;
  const { start, at: offset } = first;
  const slice = sql.slice(start, to).replace(/[ \t\n\r\f\v]+$/, '');
  const reading: Reading = {
    ...options,
    sql,
    startCharacter: offset,
    depth: 0,
    parameterCount: 0,
    writtenWithIn: new WeakSet(),
    withTail: new WeakSet(),
  };
  const statement = readStatement(reading, items);
  requireShallow(statement, options.nestingDepthMax);
  return {
    statement: statement.kind === 'prepare' ? { ...statement, sql: preparedText(items, slice, start) } : statement,
    sql: slice,
    offset,
    parameterCount: reading.parameterCount,
  };
}

/** The statement after PREPARE name (types) AS. */
function preparedText(items: readonly Token[], slice: string, start: number): string {
  const as = items.find((token) => isWord(token, 'as'));
  return as === undefined ? slice : slice.slice(as.end - start).trim();
}
