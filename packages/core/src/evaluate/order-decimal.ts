import { compareNumeric, makeNumeric, type Numeric, parseNumeric, pow10 } from '../types/numeric.ts';
import type { Fixed16Vector } from '../vector/column-vector.ts';
import { readDecimal128, readDecimal128Safe } from '../vector/decimal128.ts';

const scaleOf = (vector: Fixed16Vector): number => (vector.type.kind === 'numeric' ? (vector.type.scale ?? 0) : 0);
const isExact = (x: number): boolean => x <= Number.MAX_SAFE_INTEGER && x >= -Number.MAX_SAFE_INTEGER;

/** Compares two decimal128 columns of any scales; rows already marked 2 (NULL) stay. Exact: bigints where doubles are not. */
export function orderDecimals(a: Fixed16Vector, b: Fixed16Vector, order: Int8Array): void {
  const scaleA = scaleOf(a);
  const scaleB = scaleOf(b);
  const factorA = 10 ** Math.max(0, scaleB - scaleA);
  const factorB = 10 ** Math.max(0, scaleA - scaleB);
  for (let i = 0; i < order.length; i++) {
    if (order[i] === 2) continue;
    const x = readDecimal128Safe(a.values, i) * factorA;
    const y = readDecimal128Safe(b.values, i) * factorB;
    if (isExact(x) && isExact(y)) order[i] = x < y ? -1 : x > y ? 1 : 0;
    else order[i] = compareNumeric(at(a, i, scaleA), at(b, i, scaleB));
  }
}

/** The same against one numeric, given as text. */
export function orderDecimalConstant(a: Fixed16Vector, text: string, order: Int8Array): void {
  const constant = parseNumeric(text);
  const scale = scaleOf(a);
  const factor = 10 ** Math.max(0, constant.scale - scale);
  const y =
    constant.special === null ? Number(constant.coefficient * pow10(Math.max(0, scale - constant.scale))) : Number.NaN;
  for (let i = 0; i < order.length; i++) {
    if (order[i] === 2) continue;
    const x = readDecimal128Safe(a.values, i) * factor;
    if (isExact(x) && isExact(y)) order[i] = x < y ? -1 : x > y ? 1 : 0;
    else order[i] = compareNumeric(at(a, i, scale), constant);
  }
}

function at(vector: Fixed16Vector, i: number, scale: number): Numeric {
  return makeNumeric(readDecimal128(vector.values, i), scale);
}
