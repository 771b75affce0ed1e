import type { A_Indirection } from 'libpg-query';
import type { AstExpr } from '../ast.ts';
import { type Conversion, kindOf, unsupportedAt } from './conversion.ts';
import { convertExpr, convertOptional } from './convert-expr.ts';

/** `(x).field`, `x[1]`, `x[1:2]`, in any sequence; `(x).*` is refused. */
export function convertIndirection(c: Conversion, indirection: A_Indirection): AstExpr {
  let result = convertExpr(c, indirection.arg!);
  for (const step of indirection.indirection ?? []) {
    if ('String' in step) {
      result = { kind: 'field', operand: result, name: step.String.sval ?? '', at: result.at };
    } else if ('A_Indices' in step) {
      const { is_slice: slice, lidx, uidx } = step.A_Indices;
      const isSlice = slice === true;
      const index = convertOptional(c, isSlice ? lidx : uidx);
      const upper = isSlice ? convertOptional(c, uidx) : null;
      result = { kind: 'subscript', operand: result, index, upper, isSlice, at: result.at };
    } else {
      const feature = kindOf(step) === 'A_Star' ? 'row expansion via "*"' : `the indirection ${kindOf(step)}`;
      throw unsupportedAt(c, feature, -1);
    }
  }
  return result;
}
