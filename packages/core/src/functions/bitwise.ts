import { type DataType, types } from '../types/data-type.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';

type Integer = number | bigint;

function operatorsOf(kind: 'int2' | 'int4'): FunctionDefinition[] {
  const returns: DataType = types[kind];
  const narrow =
    kind === 'int2' ? (value: number): number => (value << 16) >> 16 : (value: number): number => value | 0;
  const define = (name: string, f: (a: number, b: number) => number): FunctionDefinition =>
    defineScalarFunction({
      name,
      args: [kind, name === '<<' || name === '>>' ? 'int4' : kind],
      returns,
      mayFail: false,
      row: ([a, b]) => narrow(f(a as number, b as number)),
    });
  return [
    define('&', (a, b) => a & b),
    define('|', (a, b) => a | b),
    define('#', (a, b) => a ^ b),
    define('<<', (a, b) => a << b),
    define('>>', (a, b) => a >> b),
    defineScalarFunction({ name: '~', args: [kind], returns, mayFail: false, row: ([a]) => ~(a as number) }),
  ];
}

function int64Operators(): FunctionDefinition[] {
  const define = (name: string, f: (a: bigint, b: bigint) => bigint): FunctionDefinition =>
    defineScalarFunction({
      name,
      args: ['int8', name === '<<' || name === '>>' ? 'int4' : 'int8'],
      returns: types.int8,
      mayFail: false,
      row: ([a, b]) => BigInt.asIntN(64, f(a as bigint, BigInt(b as Integer))),
    });
  return [
    define('&', (a, b) => a & b),
    define('|', (a, b) => a | b),
    define('#', (a, b) => a ^ b),
    define('<<', (a, b) => a << (b & 63n)),
    define('>>', (a, b) => a >> (b & 63n)),
    defineScalarFunction({
      name: '~',
      args: ['int8'],
      returns: types.int8,
      mayFail: false,
      row: ([a]) => ~(a as bigint),
    }),
  ];
}

/** Bit operators of the integers; shift counts are taken modulo the width of the machine operation (32 or 64), as PostgreSQL's are on x86. */
export const bitOperators: readonly FunctionDefinition[] = [
  ...operatorsOf('int2'),
  ...operatorsOf('int4'),
  ...int64Operators(),
];
