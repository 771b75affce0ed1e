import { failure } from '../errors/table.ts';
import { type DataType, types } from '../types/data-type.ts';
import { defineScalarFunction, type FunctionDefinition, type VectorKernel } from './definition.ts';
import { commonValidity, isComputed, numbersOf } from './operands.ts';

type FloatOp = (x: number, y: number) => number;

/** 22003 where a finite input overflowed. */
export function floatOverflow(): Error {
  return failure('floatOutOfRange', { what: 'overflow' });
}
/** 22003 where a nonzero result is too small. */
export function floatUnderflow(): Error {
  return failure('floatOutOfRange', { what: 'underflow' });
}

/** The checks that PostgreSQL makes after an operation; `isZeroNatural` says whether 0 may come from operands that are not. */
function checked(result: number, x: number, y: number, isZeroNatural: boolean): number {
  if (!Number.isFinite(result) && !Number.isNaN(result) && Number.isFinite(x) && Number.isFinite(y))
    throw floatOverflow();
  if (result === 0 && !isZeroNatural) throw floatUnderflow();
  return result;
}

type Round = (x: number) => number;
const OPERATORS: Readonly<Record<string, (round: Round) => FloatOp>> = {
  '+': (round) => (x, y) => checked(round(x + y), x, y, true),
  '-': (round) => (x, y) => checked(round(x - y), x, y, true),
  '*': (round) => (x, y) => checked(round(x * y), x, y, x === 0 || y === 0),
  '/': (round) => (x, y) => {
    if (y === 0 && !Number.isNaN(x)) throw failure('divisionByZero');
    return checked(round(x / y), x, y, x === 0 || !Number.isFinite(y));
  },
};

function floatKernel(op: FloatOp, type: DataType): VectorKernel {
  return (args, rowCount) => {
    const validity = commonValidity(args, rowCount);
    const x = numbersOf(args[0]!, rowCount);
    const y = numbersOf(args[1]!, rowCount);
    const values = type.kind === 'float4' ? new Float32Array(rowCount) : new Float64Array(rowCount);
    for (let i = 0; i < rowCount; i++) if (isComputed(validity, i)) values[i] = op(x[i]!, y[i]!);
    return { kind: 'fixed', type, length: rowCount, validity, values };
  };
}

function binaryOperators(): FunctionDefinition[] {
  const kinds = ['float4', 'float8'] as const;
  return Object.entries(OPERATORS).flatMap(([name, operator]) =>
    kinds.flatMap((left) =>
      kinds.map((right) => {
        const kind = left === 'float4' && right === 'float4' ? 'float4' : 'float8';
        const op = operator(kind === 'float4' ? Math.fround : (x) => x);
        const returns: DataType = types[kind];
        return defineScalarFunction({ name, args: [left, right], returns, vector: floatKernel(op, returns) });
      }),
    ),
  );
}

function unaryOperators(): FunctionDefinition[] {
  return (['float4', 'float8'] as const).flatMap((kind) => {
    const define = (name: string, f: (x: number) => number): FunctionDefinition =>
      defineScalarFunction({
        name,
        args: [kind],
        returns: types[kind],
        mayFail: false,
        row: ([value]) => f(value as number),
      });
    return [define('+', (x) => x), define('-', (x) => -x), define('@', Math.abs), define('abs', Math.abs)];
  });
}

/** float4 and float8 arithmetic: float4 op float4 is float4, all else float8. Overflow and underflow are 22003, division by zero 22012. */
export const floatArithmetic: readonly FunctionDefinition[] = [...binaryOperators(), ...unaryOperators()];
