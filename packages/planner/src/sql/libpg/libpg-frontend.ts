import { failure, LIMITS } from '@millrace/core';
import { loadModule, type ParseResult, parseSync, type RawStmt, scanSync } from 'libpg-query';
import type { ParsedStatement, SqlFrontend } from '../ast.ts';
import { type BytePositions, bytePositionsOf } from './byte-positions.ts';
import type { Conversion } from './conversion.ts';
import { convertStatement } from './convert-statement.ts';
import { parseFailure } from './parse-failure.ts';

/** What `libpgFrontend` is told. */
export interface LibpgFrontendOptions {
  /** Longest text, in UTF-8 bytes; 54000 beyond. */
  readonly sqlBytesMax?: number;
  /** Deepest tree; 54001 beyond. */
  readonly nestingDepthMax?: number;
}

/**
 * The front end for PostgreSQL's own grammar (libpg-query, WASM, the grammar of PostgreSQL 18).
 * Besides the errors of the port it throws 0A000 (with a position) for an expression or clause that the tree has no place for, 22021 for lone
 * surrogates and 54000 for a text that is too long.
 */
export function libpgFrontend(options: LibpgFrontendOptions = {}): SqlFrontend {
  const { sqlBytesMax = LIMITS.sqlBytesMax, nestingDepthMax = LIMITS.nestingDepthMax } = options;
  return {
    name: 'libpg-query',
    load: loadModule,
    parse(sql) {
      // The parser refuses an empty text and cuts a text at NUL without a word.
      if (sql === '') return [];
      if (sql.includes('\0')) throw failure('invalidEncoding', { bytes: '0x00' });
      if (/[\ud800-\udfff]/u.test(sql)) throw failure('invalidEncoding', { bytes: 'a lone surrogate' });
      const positions = bytePositionsOf(sql);
      if (positions.byteLength > sqlBytesMax) {
        throw failure('programLimit', { message: `query text is longer than ${sqlBytesMax} bytes` });
      }
      try {
        const tree: ParseResult = parseSync(sql);
        return (tree.stmts ?? []).map((raw) => convertRaw(raw, positions, nestingDepthMax));
      } catch (error) {
        throw parseFailure(error);
      }
    },
  };
}

function convertRaw(raw: RawStmt, positions: BytePositions, nestingDepthMax: number): ParsedStatement {
  const first = raw.stmt_location ?? 0;
  const end = raw.stmt_len ? first + raw.stmt_len : positions.byteLength;
  const text = positions.slice(first, end);
  // SQL's white space is ASCII: as many bytes as characters.
  const start = first + (/^[ \t\n\r\f\v]*/.exec(text)?.[0].length ?? 0);
  const slice = text.replace(/^[ \t\n\r\f\v]+/, '').replace(/[ \t\n\r\f\v]+$/, '');
  const offset = positions.charactersBefore(start);
  const conversion: Conversion = { positions, startCharacter: offset, nestingDepthMax, depth: 0, parameterCount: 0 };
  const statement = convertStatement(conversion, raw.stmt!);
  return {
    statement: statement.kind === 'prepare' ? { ...statement, sql: preparedText(slice) } : statement,
    sql: slice,
    offset,
    parameterCount: conversion.parameterCount,
  };
}

/** The statement after PREPARE name (types) AS. */
function preparedText(sql: string): string {
  const positions = bytePositionsOf(sql);
  let depth = 0;
  for (const token of scanSync(sql).tokens) {
    if (token.text === '(') depth++;
    else if (token.text === ')') depth--;
    else if (depth === 0 && token.text.toLowerCase() === 'as')
      return positions.slice(token.end, positions.byteLength).trim();
  }
  return sql;
}
