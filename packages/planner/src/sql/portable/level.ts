import { failure } from '@millrace/core';
import type { MaskedParser } from './node-sql-parser.ts';
import type { Token } from './token.ts';

/** What the readers of one statement share. */
export interface Reading {
  /** The whole text. */
  readonly sql: string;
  /** Characters before the statement in it. */
  readonly startCharacter: number;
  readonly parser: MaskedParser;
  readonly nestingDepthMax: number;
  depth: number;
  parameterCount: number;
  /** Subquery comparisons that were written with IN: NOT before one is NOT IN. */
  readonly writtenWithIn: WeakSet<object>;
  /** Queries that have an ORDER BY, LIMIT or OFFSET, which may mean nothing: LIMIT ALL. */
  readonly withTail: WeakSet<object>;
}

/** A token's place, in characters from the statement's start. */
export function atOf(reading: Reading, token: Token | undefined): number | null {
  return token === undefined ? null : token.at - reading.startCharacter;
}

/** Runs a step one level deeper; 54001 beyond the limit. */
export function deeper<T>(reading: Reading, step: () => T): T {
  if (++reading.depth > reading.nestingDepthMax) throw failure('tooComplex');
  const result = step();
  reading.depth--;
  return result;
}
