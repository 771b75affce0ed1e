import { type DataType, DEFAULT_FORMAT, type ExprOf, MillraceError, valueFromText } from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { positionOf } from './position.ts';

/**
 * Raises what PostgreSQL raises when it parses a literal (22P02, 22003 ...), with its position, if the text is not a value of the type. Types
 * whose input depends on the session (TimeZone, clock, catalog) are left to execution. The literal itself stays as it is.
 */
export function checkLiteral(state: BindState, literal: ExprOf<'literal'>, type: DataType): void {
  if (typeof literal.value !== 'string' || !isSettled(type)) return;
  try {
    valueFromText(type, literal.value, DEFAULT_FORMAT);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const position = positionOf(state.positions.get(literal));
    throw new MillraceError(error.key, error.sqlstate, error.message, { ...error.info, position });
  }
}

function isSettled(type: DataType): boolean {
  switch (type.kind) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'float4':
    case 'float8':
    case 'numeric':
    case 'bytea':
    case 'uuid':
    case 'json':
    case 'jsonb':
    case 'interval':
      return true;
    case 'array':
      return isSettled(type.item);
    default:
      return false;
  }
}
