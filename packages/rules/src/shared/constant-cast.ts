import {
  castValue,
  type DataType,
  DEFAULT_FORMAT,
  type Expr,
  MillraceError,
  typeOf,
  volatilityOf,
} from '@millrace/core';
import { bindingContext } from './bind-values.ts';

const SETTINGS_FREE: ReadonlySet<string> = new Set([
  'unknown',
  'text',
  'varchar',
  'bool',
  'int2',
  'int4',
  'int8',
  'numeric',
]);

/**
 * A cast of a literal as the literal it gives, where no setting and no clock has a say (`'p1'::text`, `2.5::numeric::float8`); so a plan that is
 * kept may hold it. Any other expression, and a cast that fails, is returned as it is.
 */
export function foldConstantCast(expr: Expr): Expr {
  if (expr.kind !== 'cast') return expr;
  const operand = foldConstantCast(expr.operand);
  if (operand.kind !== 'literal' || !isSettingsFree(operand.type) || volatilityOf(expr) !== 'immutable') return expr;
  if (containsTime(expr.type)) return expr;
  try {
    const value = castValue(operand.value, typeOf(operand), expr.type, expr.context, EVALUATION);
    return { kind: 'literal', value, type: expr.type };
  } catch (error) {
    if (error instanceof MillraceError) return expr;
    throw error;
  }
}

const EVALUATION = bindingContext({ parameters: [], format: DEFAULT_FORMAT, transactionMicros: 0n });

function isSettingsFree(type: DataType): boolean {
  return SETTINGS_FREE.has(type.kind);
}

/** Arrays of times: text to their items depends on settings, as text to times does. */
function containsTime(type: DataType): boolean {
  return (
    type.kind === 'array' &&
    (containsTime(type.item) ||
      ['date', 'timestamp', 'timestamptz'].includes(type.item.kind) ||
      type.item.kind.startsWith('reg'))
  );
}
