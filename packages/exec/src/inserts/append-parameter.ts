import {
  createVectorBuilder,
  type DataType,
  type EvaluationContext,
  failure,
  type ParameterValue,
  utf8ToString,
  type VectorBuilder,
  valueFromText,
} from '@millrace/core';

/** Appends `$index` to a column of its type: bytes go into the builder without a JavaScript value in between. */
export function appendParameter(builder: VectorBuilder, index: number, evaluation: EvaluationContext): void {
  const parameter = evaluation.parameters[index - 1];
  if (parameter === undefined) throw failure('undefinedParameter', { index });
  if (parameter === null) builder.appendNull();
  else if (parameter.kind === 'value') builder.appendValue(parameter.value);
  else if (parameter.format === 1) builder.appendBinary(parameter.bytes, 0, parameter.bytes.length);
  else if (readsClock(builder.type, parameter.bytes))
    builder.appendValue(decodeText(builder.type, parameter.bytes, evaluation));
  else builder.appendText(parameter.bytes, 0, parameter.bytes.length, evaluation.format);
}

function decodeText(
  type: DataType,
  bytes: Uint8Array,
  evaluation: EvaluationContext,
): ReturnType<typeof valueFromText> {
  return valueFromText(type, utf8ToString(bytes, 0, bytes.length), evaluation.format, evaluation.transactionMicros);
}

/** Dates that do not start like a number may be words such as `now` or `today`, which depend on the transaction's start. */
function readsClock(type: DataType, bytes: Uint8Array): boolean {
  if (type.kind === 'array') return isDateLike(type.item) && bytes.some(isLetter);
  return isDateLike(type) && bytes.length > 0 && !isDigit(bytes[0] as number);
}

function isDateLike(type: DataType): boolean {
  return type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamptz';
}

function isDigit(byte: number): boolean {
  return byte >= 48 && byte <= 57;
}

function isLetter(byte: number): boolean {
  const lower = byte | 32;
  return lower >= 97 && lower <= 122;
}

/** A parameter of a direct insert and the type it was declared with. */
export interface DeclaredParameter {
  readonly index: number;
  readonly type: DataType;
}

/**
 * Throws the error of the first parameter, by index, that cannot be decoded by its declared type: PostgreSQL decodes all parameters
 * before it evaluates any row. Called only when an insert failed already.
 */
export function rejectBadParameter(parameters: readonly DeclaredParameter[], evaluation: EvaluationContext): void {
  for (const { index, type } of parameters) {
    const value: ParameterValue | undefined = evaluation.parameters[index - 1];
    if (value?.kind === 'bytes') appendParameter(createVectorBuilder(type, { capacityRows: 1 }), index, evaluation);
  }
}

/** The type without length, precision and scale: what a parameter of a column's type is declared as. */
export function withoutModifiers(type: DataType): DataType {
  switch (type.kind) {
    case 'numeric':
      return { kind: 'numeric', precision: null, scale: null };
    case 'varchar':
    case 'bpchar':
      return { kind: type.kind, length: null };
    case 'array':
      return { kind: 'array', item: withoutModifiers(type.item) };
    default:
      return type;
  }
}
