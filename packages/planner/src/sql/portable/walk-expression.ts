import type { AstExpr } from '../ast.ts';
import { readArguments } from './call-arguments.ts';
import { callOf, climb } from './climb.ts';
import { atOf, type Reading } from './level.ts';
import type { ChainPart } from './operator-chain.ts';
import type { Piece } from './piece.ts';
import { syntaxError } from './refusal.ts';
import { expectKeys, mismatch, nodeOf, nodesOf, peek, take, takeSymbol, type Walk } from './walk.ts';

/** The expression of a node: its operands and operators in the text's order, grouped anew with PostgreSQL's precedence. */
export function walkExpression(
  walk: Walk,
  node: unknown,
  { isRestricted = false, allowsStar = false }: { readonly isRestricted?: boolean; readonly allowsStar?: boolean } = {},
): AstExpr {
  const parts: ChainPart[] = [];
  const first = walk.pieces[walk.next]?.token;
  collect(walk, node, parts);
  const hasStar = parts.some(
    (part) => part.part === 'operand' && part.expr.kind === 'star' && part.expr.qualifier.length === 0,
  );
  if (hasStar && (parts.length > 1 || !allowsStar)) throw syntaxError(walk.reading.sql, first);
  return climb(walk.reading, parts, isRestricted);
}

/** Left to right, without recursion on the left: chains are as long as clients make them. */
function collect(walk: Walk, value: unknown, parts: ChainPart[]): void {
  const open: { readonly operator: unknown; readonly right: unknown }[] = [];
  let node = nodeOf(walk, value);
  while (node['type'] === 'binary_expr') {
    expectKeys(walk, node, ['type', 'operator', 'left', 'right']);
    open.push({ operator: node['operator'], right: node['right'] });
    node = nodeOf(walk, node['left']);
  }
  collectOperand(walk, node, parts);
  for (let last = open.pop(); last !== undefined; last = open.pop()) {
    const piece = take(walk, 'infix');
    if (piece.text !== last.operator) throw mismatch(walk);
    parts.push(piece.infix);
    const right = nodeOf(walk, last.right);
    if (right['type'] === 'binary_expr') collect(walk, right, parts);
    else collectOperand(walk, right, parts);
  }
}

function collectOperand(walk: Walk, node: Readonly<Record<string, unknown>>, parts: ChainPart[]): void {
  if (node['type'] === 'function') {
    collectCall(walk, node, parts);
    return;
  }
  if (node['type'] !== 'column_ref') throw mismatch(walk);
  expectKeys(walk, node, ['type', 'table', 'schema', 'column'], ['collate']);
  const names = [node['schema'], node['table'], nameOf(walk, node['column'])].filter((name) => name != null);
  const operand = peek(walk, 'operand');
  if (operand !== null) {
    if (names.length !== 1 || operand.text !== names[0]) throw mismatch(walk);
    walk.next++;
    parts.push(...operandParts(walk.reading, operand));
    return;
  }
  const pieces = takeNames(walk, names);
  const [first] = pieces;
  const expr: AstExpr = {
    kind: 'column',
    parts: pieces.map((piece) => piece.name),
    at: atOf(walk.reading, first?.token),
  };
  parts.push(...(first?.before ?? []), { part: 'operand', expr, quantified: null });
  for (const piece of pieces) parts.push(...piece.after);
}

type NamePiece = Piece & { readonly kind: 'name' };

/** `a`, `a.b`: the names that the node holds. */
function takeNames(walk: Walk, names: readonly unknown[]): readonly NamePiece[] {
  return names.map((name, i) => {
    if (i > 0) takeSymbol(walk, '.');
    const piece = take(walk, 'name');
    if (piece.text !== (typeof name === 'object' ? nameOf(walk, { expr: name }) : name)) throw mismatch(walk);
    return piece;
  });
}

/** `{ expr: { type: 'default', value: 'v0' } }`. */
function nameOf(walk: Walk, value: unknown): unknown {
  const node = nodeOf(walk, nodeOf(walk, value)['expr']);
  expectKeys(walk, node, ['type', 'value']);
  if (node['type'] !== 'default') throw mismatch(walk);
  return node['value'];
}

/** The parts of a piece that is an operand by itself. */
export function operandParts(reading: Reading, piece: Piece): readonly ChainPart[] {
  if (piece.kind === 'operand') {
    return [...piece.before, piece.operand, ...piece.after];
  }
  if (piece.kind !== 'name') throw syntaxError(reading.sql, piece.token);
  const expr: AstExpr = { kind: 'column', parts: [piece.name], at: atOf(reading, piece.token) };
  return [...piece.before, { part: 'operand', expr, quantified: null }, ...piece.after];
}

function collectCall(walk: Walk, node: Readonly<Record<string, unknown>>, parts: ChainPart[]): void {
  expectKeys(walk, node, ['type', 'name', 'args']);
  const { schema, name } = nodeOf(walk, node['name']);
  const list = nodesOf(walk, name);
  const names = (schema === undefined ? list : [schema, ...list]).map((item) => nameOf(walk, { expr: item }));
  const pieces = takeNames(walk, names);
  takeSymbol(walk, '(');
  const args = take(walk, 'arguments');
  const shown = nodesOf(walk, nodeOf(walk, node['args'])['value']);
  if (shown.length !== (args.text === '' ? 0 : 1)) throw mismatch(walk);
  if (shown[0] !== undefined && nameOf(walk, shown[0]['column']) !== args.text) throw mismatch(walk);
  takeSymbol(walk, ')');
  const closing = walk.pieces[walk.next - 1]!;
  const call = callOf('', [], atOf(walk.reading, pieces[0]?.token));
  const read = readArguments(walk.reading, args.group, args.filter);
  const expr = { ...call, ...read, over: args.over, name: pieces.map((piece) => piece.name) } as AstExpr;
  parts.push(...(pieces[0]?.before ?? []), { part: 'operand', expr, quantified: null }, ...closing.after);
}
