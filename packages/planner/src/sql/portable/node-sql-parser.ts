import { failure } from '@millrace/core';
import nodeSqlParser from 'node-sql-parser/build/postgresql.js';
import type { Reading } from './level.ts';
import type { Piece } from './piece.ts';
import { syntaxError } from './refusal.ts';

/** A node of the parser's tree. Its shapes are not described reliably, so every reader checks what it reads. */
export type Tree = Readonly<Record<string, unknown>>;

/** Masked texts of one shape are the same text, so a client's statements are parsed once. */
const CACHE_ENTRIES_MAX = 2_000;
const CACHED_CHARACTERS_MAX = 2_000;
/** One level of a statement; the parser's time and stack grow with it. */
const PIECES_MAX = 20_000;

/** A masked text's tree, or the offset where the parser stopped. */
type Outcome = { readonly tree: Tree } | { readonly faultAt: number };

/** node-sql-parser and what it made of earlier texts. */
export interface MaskedParser {
  readonly parser: InstanceType<typeof nodeSqlParser.Parser>;
  readonly cache: Map<string, Outcome>;
}

/** A parser with an empty cache. */
export function createMaskedParser(): MaskedParser {
  return { parser: new nodeSqlParser.Parser(), cache: new Map() };
}

/** Shows the parser masked text. 42601 at the token where it stops, 54000 if the level is too long for it. */
export function parseMasked(reading: Reading, start: string, pieces: readonly Piece[]): Tree {
  if (pieces.length > PIECES_MAX) {
    const message = `a list or chain of more than ${PIECES_MAX} words is not supported by this front end`;
    throw failure('programLimit', { message });
  }
  const { text, ends } = joined(start, pieces);
  const outcome = reading.parser.cache.get(text) ?? parse(reading.parser, text);
  if ('tree' in outcome) return outcome.tree;
  const index = ends.findIndex((end) => end > outcome.faultAt);
  throw syntaxError(reading.sql, pieces[index]?.token);
}

/** The masked text and where each piece ends in it. */
function joined(start: string, pieces: readonly Piece[]): { readonly text: string; readonly ends: readonly number[] } {
  const ends: number[] = [];
  let text = start;
  for (const piece of pieces) {
    text += piece.text === '.' || text.endsWith('.') ? piece.text : ` ${piece.text}`;
    ends.push(text.length);
  }
  return { text, ends };
}

function parse({ parser, cache }: MaskedParser, text: string): Outcome {
  const outcome = attempt(parser, text);
  if (text.length <= CACHED_CHARACTERS_MAX) {
    if (cache.size >= CACHE_ENTRIES_MAX) cache.clear();
    cache.set(text, outcome);
  }
  return outcome;
}

function attempt(parser: MaskedParser['parser'], text: string): Outcome {
  try {
    const tree: unknown = parser.astify(text, { database: 'postgresql' });
    const [only, ...rest]: readonly unknown[] = Array.isArray(tree) ? tree : [tree];
    if (rest.length > 0 || typeof only !== 'object' || only === null) return { faultAt: 0 };
    return { tree: only as Tree };
  } catch (error) {
    if (error instanceof RangeError) throw failure('tooComplex', {}, { cause: error });
    return { faultAt: offsetOf(error) };
  }
}

/** Where a SyntaxError of the parser points; the start for any other failure of its own. */
function offsetOf(error: unknown): number {
  const { location } = error as { readonly location?: { readonly start?: { readonly offset?: number } } };
  return location?.start?.offset ?? 0;
}
