import {
  type DataType,
  DEFAULT_FORMAT,
  type ExprOf,
  isTextLike,
  MillraceError,
  valueFromText,
  withPosition,
} from '@millrace/core';
import type { BindState } from './bind-state.ts';
import { positionOf } from './position.ts';
import { withoutModifiers } from './type-facts.ts';

/**
 * Raises what PostgreSQL raises when it parses a literal (22P02, 22003 ...), with its position, if the text is not a value of the type. Only
 * whether it is one is asked, which no TimeZone and no clock changes; names of catalog objects are left to execution. The literal stays as it is.
 */
export function checkLiteral(state: BindState, literal: ExprOf<'literal'>, type: DataType): void {
  if (typeof literal.value !== 'string' || !isCheckable(type)) return;
  try {
    valueFromText(withoutModifiers(type), literal.value, DEFAULT_FORMAT, 0n);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    throw withPosition(error, positionOf(state.positions.get(literal)));
  }
  // A value that the type has but its length or precision refuses is told without a position, as the cast it is.
  valueFromText(type, literal.value, DEFAULT_FORMAT, 0n);
}

function isCheckable(type: DataType): boolean {
  switch (type.kind) {
    case 'bool':
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
    case 'float4':
    case 'float8':
    case 'numeric':
    case 'bytea':
    case 'uuid':
    case 'json':
    case 'jsonb':
    case 'interval':
    case 'date':
    case 'timestamp':
    case 'timestamptz':
      return true;
    case 'array':
      return isTextLike(type.item) || isCheckable(type.item);
    default:
      return false;
  }
}
