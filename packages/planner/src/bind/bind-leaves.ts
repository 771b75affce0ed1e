import { type Expr, failure, formatNumeric, parseNumeric, types, type Value } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { AstOf } from './ast-of.ts';
import { callFunction } from './bind-call.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';
import { findTableOid, resolveColumn } from './scope.ts';

/** A column of some FROM item, of this query or one around it. */
export function bindColumn(context: ExprContext, expr: AstOf<'column'>): Expr {
  if (context.clause.startsWith('DEFAULT')) {
    const message = 'cannot use column reference in DEFAULT expression';
    throw failure('notAllowedHere', { message }, { position: positionOf(expr.at) });
  }
  const parts = expr.parts.length > 3 ? expr.parts.slice(-3) : expr.parts;
  const tableOid = parts.at(-1) === 'tableoid' ? findTableOid(context.scope, parts, expr.at) : undefined;
  if (tableOid !== undefined) return literal(tableOid, types.oid);
  const { column, item } = resolveColumn(context.scope, parts, expr.at);
  const bound = columnExpr(column);
  const { positions, labels } = context.state;
  if (expr.at !== null) positions.set(bound, expr.at);
  labels.set(bound, item.name === null ? column.name : `${item.name}.${column.name}`);
  return bound;
}

/** Integer literals are int4, int8 or numeric by size, others numeric; strings and NULL have no type yet. */
export function bindLiteral(context: ExprContext, expr: AstOf<'literal'>): Expr {
  const bound = literalOf(expr);
  if (expr.at !== null) context.state.positions.set(bound, expr.at);
  return bound;
}

function literalOf(expr: AstOf<'literal'>): Expr {
  switch (expr.literal) {
    case 'null':
      return { kind: 'literal', value: null, type: types.unknown };
    case 'string':
      return { kind: 'literal', value: expr.text, type: types.unknown };
    case 'bool':
      return { kind: 'literal', value: expr.text === 'true', type: types.bool };
    case 'number':
      return numberOf(expr.text);
    case 'bits':
      throw failure('notSupported', { feature: 'type bit' }, { position: positionOf(expr.at) });
    default:
      return expr.literal satisfies never;
  }
}

const INT4_MAX = 2n ** 31n - 1n;
const INT8_MAX = 2n ** 63n - 1n;

function numberOf(text: string): Expr {
  if (/^-?\d+$/.test(text)) {
    const value = BigInt(text);
    if (value >= -INT4_MAX - 1n && value <= INT4_MAX) return literal(Number(value), types.int4);
    if (value >= -INT8_MAX - 1n && value <= INT8_MAX) return literal(value, types.int8);
  }
  return literal(formatNumeric(parseNumeric(text)), types.numeric);
}

function literal(value: Value, type: Extract<Expr, { kind: 'literal' }>['type']): Expr {
  return { kind: 'literal', value, type };
}

/** `current_timestamp` and the like are functions without parentheses. */
const SQL_VALUES: ReadonlyMap<string, string> = new Map([
  ['current_timestamp', 'now'],
  ['user', 'current_user'],
  ['current_role', 'current_user'],
  ['current_catalog', 'current_database'],
]);

/** `current_date`, `current_user` ...: a call of the function of that name. */
export function bindSqlValue(context: ExprContext, expr: AstOf<'sql-value'>): Expr {
  return callFunction(context.state, { name: SQL_VALUES.get(expr.name) ?? expr.name, args: [], at: expr.at });
}
