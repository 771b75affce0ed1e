import { aggregateSignatures } from './aggregate-signatures.ts';
import { floatArithmetic } from './arithmetic-float.ts';
import { integerArithmetic } from './arithmetic-integer.ts';
import { numericArithmetic } from './arithmetic-numeric.ts';
import { bitOperators } from './bitwise.ts';
import { createFunctionRegistry, type FunctionRegistry } from './registry.ts';
import { tableFunctionSignatures } from './table-signatures.ts';

/** Every function and operator that millrace brings, aggregates and table functions included. */
export const standardFunctions: FunctionRegistry = createFunctionRegistry([
  ...integerArithmetic,
  ...floatArithmetic,
  ...numericArithmetic,
  ...bitOperators,
  ...[...aggregateSignatures, ...tableFunctionSignatures].map((signature) => ({ signature, kernel: null })),
]);
