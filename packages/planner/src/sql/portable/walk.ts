import type { AstSelectItem } from '../ast.ts';
import { atOf, type Reading } from './level.ts';
import { NOTHING } from './mask-operand.ts';
import type { Tree } from './node-sql-parser.ts';
import type { Piece } from './piece.ts';
import { refusal, syntaxError } from './refusal.ts';
import { walkExpression } from './walk-expression.ts';

/**
 * A walk over the parser's tree and the masked pieces at once. Each node must account for the pieces in their order, so whatever the parser dropped, moved or
 * took for something else is noticed: a tree is accepted only if it says exactly what the text says.
 */
export interface Walk {
  readonly reading: Reading;
  readonly pieces: readonly Piece[];
  next: number;
}

/** A walk from the first piece. */
export function walkOf(reading: Reading, pieces: readonly Piece[]): Walk {
  return { reading, pieces, next: 0 };
}

/** The next piece, if it is of this kind. */
export function peek<K extends Piece['kind']>(walk: Walk, kind: K): (Piece & { readonly kind: K }) | null {
  const piece = walk.pieces[walk.next];
  return piece?.kind === kind ? (piece as Piece & { readonly kind: K }) : null;
}

/** The next piece, which must be of this kind. */
export function take<K extends Piece['kind']>(walk: Walk, kind: K): Piece & { readonly kind: K } {
  const piece = peek(walk, kind);
  if (piece === null) throw mismatch(walk);
  walk.next++;
  return piece;
}

/** Steps over a keyword if it is next. */
export function takeWord(walk: Walk, word: string): boolean {
  if (peek(walk, 'word')?.word !== word) return false;
  walk.next++;
  return true;
}

/** Steps over a symbol, which must be next. */
export function takeSymbol(walk: Walk, symbol: string): void {
  if (take(walk, 'symbol').symbol !== symbol) throw mismatch(walk);
}

/** The parser's tree and the text say different things here: it is not trusted. */
export function mismatch(walk: Walk): Error {
  return refusal('this syntax', walk.pieces[walk.next]?.token ?? walk.pieces[walk.pieces.length - 1]?.token);
}

/** Refuses a node with a key that is not known, or with a value where there must be none. */
export function expectKeys(walk: Walk, node: Tree, known: readonly string[], empty: readonly string[] = []): void {
  for (const [key, value] of Object.entries(node)) {
    if (!known.includes(key) && !(empty.includes(key) && isEmpty(value))) throw mismatch(walk);
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every((item) => isEmpty(item) || item === '');
}

/** A node of the tree that must be there. */
export function nodeOf(walk: Walk, value: unknown): Tree {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(walk);
  return value as Tree;
}

/** A list of nodes; empty for null. */
export function nodesOf(walk: Walk, value: unknown): readonly Tree[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw mismatch(walk);
  return value.map((item) => nodeOf(walk, item));
}

const SELECT_KEYS = ['type', 'columns', 'distinct'];
const NO_CLAUSES = ['with', 'options', 'into', 'from', 'where', 'groupby', 'having', 'orderby', 'limit', 'window'];

/** The tree of `SELECT a, b`, whose pieces start behind SELECT: a list of expressions, and nothing else. */
export function walkItems(walk: Walk, tree: Tree, isRestricted: boolean): readonly AstSelectItem[] {
  if (tree['type'] !== 'select') throw mismatch(walk);
  expectKeys(walk, tree, SELECT_KEYS, NO_CLAUSES);
  const items = walkColumns(walk, tree, { isRestricted, allowsStar: false });
  requireEnd(walk);
  return items;
}

/** Every piece must be accounted for. */
export function requireEnd(walk: Walk): void {
  if (walk.next < walk.pieces.length) throw mismatch(walk);
}

/** The items of a select list. */
export function walkColumns(
  walk: Walk,
  tree: Tree,
  options: { readonly isRestricted: boolean; readonly allowsStar: boolean },
): readonly AstSelectItem[] {
  const items: AstSelectItem[] = [];
  for (const [i, column] of nodesOf(walk, tree['columns']).entries()) {
    expectKeys(walk, column, ['expr', 'as', 'type']);
    if (i > 0) takeSymbol(walk, ',');
    const first = walk.pieces[walk.next];
    const token = first?.before[0]?.token ?? first?.token;
    const expr = walkExpression(walk, column['expr'], options);
    const isBareStar = expr.kind === 'star' && expr.qualifier.length === 0;
    if (isBareStar && typeof column['as'] === 'string') {
      throw syntaxError(walk.reading.sql, walk.pieces[walk.next]?.token);
    }
    items.push({ expr, alias: walkLabel(walk, column['as']), at: atOf(walk.reading, token) });
  }
  if (items.length === 1 && items[0]?.expr === NOTHING) return [];
  if (items.some((item) => item.expr === NOTHING)) throw syntaxError(walk.reading.sql, walk.pieces[walk.next]?.token);
  return items;
}

/** `AS name` or `name` behind an item. */
function walkLabel(walk: Walk, label: unknown): string | null {
  if (label === null || label === undefined) return null;
  takeWord(walk, 'AS');
  const name = take(walk, 'name');
  if (name.text !== label || name.before.length > 0 || name.after.length > 0) throw mismatch(walk);
  return name.name;
}
