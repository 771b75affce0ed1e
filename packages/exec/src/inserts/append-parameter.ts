import {
  createVectorBuilder,
  type DataType,
  type EvaluationContext,
  type FormatSettings,
  failure,
  type ParameterValue,
  type VectorBuilder,
} from '@millrace/core';

/** What decoding parameters needs, made once per execution. */
export interface ParameterSource {
  readonly parameters: readonly ParameterValue[];
  /** With `nowMicros`: `now` and `today` as text mean the transaction's start. */
  readonly format: FormatSettings;
}

/** The parameters of an execution. */
export function parameterSource(evaluation: EvaluationContext): ParameterSource {
  const { format, parameters, transactionMicros } = evaluation;
  return { parameters, format: format.nowMicros === undefined ? { ...format, nowMicros: transactionMicros } : format };
}

/** Appends `$index` to a column of its type: bytes go into the builder without a JavaScript value in between. */
export function appendParameter(builder: VectorBuilder, index: number, source: ParameterSource): void {
  const parameter = source.parameters[index - 1];
  if (parameter === undefined) throw failure('undefinedParameter', { parameter: `$${index}` });
  if (parameter === null) builder.appendNull();
  else if (parameter.kind === 'value') builder.appendValue(parameter.value);
  else if (parameter.format === 1) builder.appendBinary(parameter.bytes, 0, parameter.bytes.length);
  else builder.appendText(parameter.bytes, 0, parameter.bytes.length, source.format);
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
export function rejectBadParameter(parameters: readonly DeclaredParameter[], source: ParameterSource): void {
  for (const { index, type } of parameters) {
    const value: ParameterValue | undefined = source.parameters[index - 1];
    if (value?.kind === 'bytes') appendParameter(createVectorBuilder(type, { capacityRows: 1 }), index, source);
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
