import { valueFromBinary } from '../codec/binary-input.ts';
import { utf8ToString, validateUtf8 } from '../codec/utf8.ts';
import { valueFromText } from '../codec/value-from-text.ts';
import { failure } from '../errors/table.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';

/** The value of `$index`, decoded by its declared type. 42P02 if there is none, 22P02, 22021 and the like for bad input. */
export function parameterValue(index: number, type: DataType, context: EvaluationContext): Value {
  const parameter = context.parameters[index - 1];
  if (parameter === undefined) throw failure('undefinedParameter', { parameter: `$${index}` });
  if (parameter === null) return null;
  if (parameter.kind === 'value') return parameter.value;
  const { bytes } = parameter;
  if (parameter.format === 1) return valueFromBinary(type, bytes);
  validateUtf8(bytes, 0, bytes.length);
  return valueFromText(type, utf8ToString(bytes, 0, bytes.length), context.format, context.transactionMicros);
}
