import { failure } from '../errors/table.ts';
import { types } from '../types/data-type.ts';
import type { VectorKernel } from './definition.ts';
import { commonValidity, int64sOf, isComputed } from './operands.ts';

type Op = '+' | '-' | '*' | '/' | '%';

/** High halves within +-2^20: the value is below 2^52 in size, so that sums and quotients are exact as doubles. */
const HIGH_MAX = 1 << 20;
const TWO_32 = 4_294_967_296;
const EXACT_MAX = Number.MAX_SAFE_INTEGER;

/**
 * int8 arithmetic. Values that fit a double (nearly all there are) are computed as such from their 32-bit halves, which makes no
 * bigint; the others exactly, with the overflow check.
 */
export function int64Arithmetic(op: Op): VectorKernel {
  const exact = EXACT[op];
  return (args, rowCount) => {
    const validity = commonValidity(args, rowCount);
    const x = int64sOf(args[0]!, rowCount);
    const y = int64sOf(args[1]!, rowCount);
    const out = new BigInt64Array(rowCount);
    const a = new Int32Array(x.buffer, x.byteOffset, rowCount * 2);
    const b = new Int32Array(y.buffer, y.byteOffset, rowCount * 2);
    const halves = new Int32Array(out.buffer);
    for (let i = 0; i < rowCount; i++) {
      if (!isComputed(validity, i)) continue;
      const highA = a[2 * i + 1]!;
      const highB = b[2 * i + 1]!;
      if (highA < HIGH_MAX && highA >= -HIGH_MAX && highB < HIGH_MAX && highB >= -HIGH_MAX) {
        const result = compute(op, highA * TWO_32 + (a[2 * i]! >>> 0), highB * TWO_32 + (b[2 * i]! >>> 0));
        if (result <= EXACT_MAX && result >= -EXACT_MAX) {
          halves[2 * i] = result | 0;
          halves[2 * i + 1] = Math.floor(result / TWO_32);
          continue;
        }
      }
      out[i] = inRange(exact(x[i]!, y[i]!));
    }
    return { kind: 'fixed', type: types.int8, length: rowCount, validity, values: out };
  };
}

/** One operator on doubles; a chain of comparisons, because a call per row would box its result. */
function compute(op: Op, a: number, b: number): number {
  if (op === '+') return a + b;
  if (op === '-') return a - b;
  if (op === '*') return a * b;
  if (b === 0) throw failure('divisionByZero');
  return op === '/' ? Math.trunc(a / b) : a % b;
}

const EXACT: Readonly<Record<Op, (a: bigint, b: bigint) => bigint>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => {
    if (b === 0n) throw failure('divisionByZero');
    return a / b;
  },
  '%': (a, b) => {
    if (b === 0n) throw failure('divisionByZero');
    return a % b;
  },
};

/** 22003 unless the value is an int8. */
export function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw failure('outOfRange', { what: 'bigint' });
  return value;
}
