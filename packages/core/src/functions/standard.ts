import { aggregateSignatures } from './aggregate-signatures.ts';
import { floatArithmetic } from './arithmetic-float.ts';
import { integerArithmetic } from './arithmetic-integer.ts';
import { numericArithmetic } from './arithmetic-numeric.ts';
import { arrayFunctions } from './array.ts';
import { bitOperators } from './bitwise.ts';
import { dateBinFunctions } from './date-bin.ts';
import { dateTruncFunctions } from './date-trunc.ts';
import { datetimeArithmetic } from './datetime-arithmetic.ts';
import { makeDatetimeFunctions } from './datetime-make.ts';
import { nowFunctions } from './datetime-now.ts';
import type { FunctionDefinition } from './definition.ts';
import { encodeFunctions } from './encode.ts';
import { extractFunctions } from './extract.ts';
import { extremeFunctions } from './extremes.ts';
import { jsonAccessors } from './json-access.ts';
import { jsonMakers } from './json-make.ts';
import { jsonbFunctions } from './jsonb.ts';
import { floatMath } from './math-float.ts';
import { integerMath } from './math-integer.ts';
import { numericMath } from './math-numeric.ts';
import { parseDatetimeFunctions } from './parse-datetime.ts';
import { patternFunctions } from './pattern.ts';
import { randomFunctions } from './random.ts';
import { createFunctionRegistry, type FunctionRegistry } from './registry.ts';
import { sessionFunctions } from './session.ts';
import { tableFunctionSignatures } from './table-signatures.ts';
import { textFunctions } from './text.ts';
import { textArrayFunctions } from './text-array.ts';
import { concatFunctions } from './text-concat.ts';
import { quoteFunctions } from './text-quote.ts';
import { toCharDatetime } from './to-char-datetime.ts';
import { toCharNumber } from './to-char-number.ts';
import { windowSignatures } from './window-signatures.ts';

const scalars: readonly FunctionDefinition[] = [
  integerArithmetic,
  floatArithmetic,
  numericArithmetic,
  bitOperators,
  datetimeArithmetic,
  extractFunctions,
  dateTruncFunctions,
  dateBinFunctions,
  makeDatetimeFunctions,
  nowFunctions,
  toCharDatetime,
  parseDatetimeFunctions,
  toCharNumber,
  textFunctions,
  concatFunctions,
  quoteFunctions,
  patternFunctions,
  encodeFunctions,
  jsonAccessors,
  jsonMakers,
  jsonbFunctions,
  floatMath,
  integerMath,
  numericMath,
  arrayFunctions,
  textArrayFunctions,
  extremeFunctions,
  sessionFunctions,
  randomFunctions,
].flat();

/** Every function and operator that millrace brings; aggregates, window and table functions included. */
export const standardFunctions: FunctionRegistry = createFunctionRegistry([
  ...scalars,
  ...[...aggregateSignatures, ...windowSignatures, ...tableFunctionSignatures].map((signature) => ({
    signature,
    kernel: null,
  })),
]);
