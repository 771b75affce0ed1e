import type { A_Const } from 'libpg-query';
import type { AstExpr } from '../ast.ts';
import { at, type Conversion } from './conversion.ts';

/** A constant with its exact digits or text. The parser leaves out what equals protobuf's default: 0, '' and false. */
export function convertConstant(c: Conversion, constant: A_Const): AstExpr {
  const position = at(c, constant.location);
  if (constant.ival !== undefined) {
    return { kind: 'literal', literal: 'number', text: String(constant.ival.ival ?? 0), at: position };
  }
  if (constant.sval !== undefined) {
    return { kind: 'literal', literal: 'string', text: constant.sval.sval ?? '', at: position };
  }
  if (constant.fval !== undefined) {
    return { kind: 'literal', literal: 'number', text: plainDigits(constant.fval.fval ?? '0'), at: position };
  }
  if (constant.boolval !== undefined) {
    return { kind: 'literal', literal: 'bool', text: constant.boolval.boolval ? 'true' : 'false', at: position };
  }
  if (constant.bsval !== undefined) {
    return { kind: 'literal', literal: 'bits', text: constant.bsval.bsval ?? '', at: position };
  }
  return { kind: 'literal', literal: 'null', text: '', at: position };
}

/** `0xFFFFFFFFFF` and `10_000_000_000` in decimal digits; everything else as it is. */
function plainDigits(text: string): string {
  if (!/[_xob]/i.test(text)) return text;
  const isNegative = text.startsWith('-');
  const digits = (isNegative ? text.slice(1) : text).replaceAll('_', '');
  const plain = /^0[xob]/i.test(digits) ? BigInt(digits).toString() : digits;
  return isNegative ? `-${plain}` : plain;
}
