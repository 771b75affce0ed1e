import type { AstExpr } from '../ast.ts';
import { climb } from './climb.ts';
import { deeper, type Reading } from './level.ts';
import { maskLevel } from './mask-level.ts';
import { maskingOf } from './masking.ts';
import { parseMasked } from './node-sql-parser.ts';
import type { Piece } from './piece.ts';
import { syntaxError } from './refusal.ts';
import type { Token } from './token.ts';
import { walkItems, walkOf } from './walk.ts';
import { operandParts } from './walk-expression.ts';

/** The expressions of a list without labels, such as a call's arguments. `isRestricted` as in `climb`. */
export function readExpressions(reading: Reading, items: readonly Token[], isRestricted = false): readonly AstExpr[] {
  if (items.length === 0) return [];
  return deeper(reading, () => {
    const masking = maskingOf(reading, items, 'operand');
    maskLevel(masking);
    return (
      readSimple(reading, masking.pieces, isRestricted) ?? readParsed(reading, items, masking.pieces, isRestricted)
    );
  });
}

/** One expression. */
export function readExpression(reading: Reading, items: readonly Token[], isRestricted = false): AstExpr {
  const [expr, ...rest] = readExpressions(reading, items, isRestricted);
  if (expr === undefined || rest.length > 0) throw syntaxError(reading.sql, items[0]);
  return expr;
}

/** An operand that is no bare `*`. */
function isOperand(piece: Piece): boolean {
  if (piece.kind !== 'operand') return false;
  const { expr } = piece.operand;
  return expr.kind !== 'star' || expr.qualifier.length > 0;
}

/** A list of constants and names, such as a row of VALUES, needs no parser; null for anything else. */
function readSimple(reading: Reading, pieces: readonly Piece[], isRestricted: boolean): readonly AstExpr[] | null {
  const isSimple = (piece: Piece, i: number): boolean =>
    i % 2 === 1 ? piece.kind === 'symbol' && piece.symbol === ',' : piece.kind === 'name' || isOperand(piece);
  if (pieces.length % 2 === 0 || !pieces.every(isSimple)) return null;
  return pieces
    .filter((_, i) => i % 2 === 0)
    .map((piece) => climb(reading, operandParts(reading, piece), isRestricted));
}

function readParsed(
  reading: Reading,
  items: readonly Token[],
  pieces: readonly Piece[],
  isRestricted: boolean,
): readonly AstExpr[] {
  const tree = parseMasked(reading, 'SELECT', pieces);
  const walk = walkOf(reading, pieces);
  const list = walkItems(walk, tree, isRestricted);
  if (list.some((item) => item.alias !== null)) throw syntaxError(reading.sql, items[0]);
  return list.map((item) => item.expr);
}
