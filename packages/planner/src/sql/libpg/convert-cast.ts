import type { TypeCast } from 'libpg-query';
import type { AstExpr } from '../ast.ts';
import { at, type Conversion, unsupportedAt } from './conversion.ts';
import { convertExpr } from './convert-expr.ts';
import { withoutIntervalFields } from './convert-type.ts';

/**
 * `x::t`, `cast(x as t)`, `t 'text'`. `interval '3' day` becomes `interval '3 day'`, which means the same for whole numbers (and for
 * fractions of seconds); other texts with interval fields, which would cut the value, are refused.
 */
export function convertCast(c: Conversion, cast: TypeCast): AstExpr {
  const operand = convertExpr(c, cast.arg!);
  const { type, unit } = withoutIntervalFields(c, cast.typeName!);
  const position = at(c, cast.location);
  if (unit === null) return { kind: 'cast', operand, type, at: position };
  const isCount = unit === 'second' ? /^\s*[+-]?\d+(\.\d*)?\s*$/ : /^\s*[+-]?\d+\s*$/;
  if (operand.kind !== 'literal' || operand.literal !== 'string' || !isCount.test(operand.text)) {
    throw unsupportedAt(c, 'an interval with fields', cast.typeName!.location);
  }
  return { kind: 'cast', operand: { ...operand, text: `${operand.text.trim()} ${unit}` }, type, at: position };
}
