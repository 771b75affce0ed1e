import type { AstExpr } from '../ast.ts';
import type { Reading } from './level.ts';
import type { Prefix, Quantified } from './operator-chain.ts';
import type { Piece, PieceBody } from './piece.ts';
import type { Token } from './token.ts';

/** A level of the text while it is masked: what was read, what is expected next. */
export interface Masking {
  readonly reading: Reading;
  readonly items: readonly Token[];
  readonly pieces: Piece[];
  next: number;
  expects: 'operand' | 'operator' | 'relation' | 'query';
  clause: 'items' | 'from' | 'group' | 'order' | 'other';
  /** Prefix operators that wait for their operand. */
  pending: Prefix[];
  /** BETWEENs that wait for their AND. */
  openBetweens: number;
  /** Whether the last JOIN waits for its ON or USING. */
  awaitsCondition: boolean;
  /** Whether the last operand may be followed by a subscript. */
  canSubscript: boolean;
}

/** Starts to mask a level of the text. */
export function maskingOf(reading: Reading, items: readonly Token[], expects: Masking['expects']): Masking {
  return {
    reading,
    items,
    pieces: [],
    next: 0,
    expects,
    clause: 'items',
    pending: [],
    openBetweens: 0,
    awaitsCondition: false,
    canSubscript: false,
  };
}

/** The next unused placeholder. They count from 0 in each level, so that levels of the same shape look the same to the parser. */
export function placeholder(m: Masking): string {
  return `v${m.pieces.length}`;
}

/** Adds a piece; the pending prefixes go with it. */
export function push(m: Masking, text: string, token: Token, body: PieceBody): void {
  m.pieces.push({ ...body, text, token, before: m.pending, after: [] });
  if (m.pending.length > 0) m.pending = [];
}

/** Adds a keyword. */
export function pushWord(m: Masking, word: string, token: Token): void {
  push(m, word, token, { kind: 'word', word });
}

/** Adds an operand that has been read, and steps over its tokens. */
export function pushOperand(
  m: Masking,
  expr: AstExpr,
  { next, quantified = null }: { readonly next: number; readonly quantified?: Quantified | null },
): void {
  const operand = { part: 'operand', expr, quantified } as const;
  push(m, placeholder(m), m.items[m.next] ?? m.items[m.items.length - 1]!, { kind: 'operand', operand });
  m.next = next;
  m.expects = 'operator';
  m.canSubscript = false;
}
