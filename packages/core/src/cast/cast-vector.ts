import { ByteWriter } from '../codec/byte-writer.ts';
import { encodeText } from '../codec/encode-text.ts';
import type { CastContext } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { type DataType, sameType } from '../types/data-type.ts';
import { valueAt } from '../vector/access.ts';
import { getBit } from '../vector/bitmap.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { isInfallibleCast } from './can-cast.ts';
import { castNumbers } from './cast-numbers.ts';
import { castValue } from './cast-value.ts';

/** Types whose text is stored as it is, without length or blanks to mind. */
function isPlainText(type: DataType): boolean {
  return type.kind === 'text' || (type.kind === 'varchar' && type.length === null) || type.kind === 'unknown';
}

/** Whether a cast only changes the label: text and varchar, varchar(3) to varchar(5), oid and reg*, jsonb to json or text. */
function isRelabel(from: DataType, to: DataType): boolean {
  if (isPlainText(to))
    return (
      isPlainText(from) ||
      from.kind === 'varchar' ||
      from.kind === 'name' ||
      from.kind === 'json' ||
      from.kind === 'jsonb'
    );
  if (to.kind === 'varchar') return from.kind === 'varchar' && isInfallibleCast(from, to);
  if (to.kind === 'json') return from.kind === 'jsonb';
  const isOid = (type: DataType): boolean => type.kind === 'oid' || type.kind.startsWith('reg');
  return isOid(from) && isOid(to);
}

function relabel(vector: ColumnVector, type: DataType): ColumnVector {
  if (vector.kind === 'dictionary') return { ...vector, type, dictionary: { ...vector.dictionary, type } };
  return { ...vector, type };
}

/** Types whose cast to text is their plain output. */
function printsDirectly(from: DataType): boolean {
  return from.kind !== 'bool' && from.kind !== 'bpchar' && from.kind !== 'array' && !from.kind.startsWith('reg');
}

/** A plain vector printed into a text vector, without a string per value. */
function castToText(vector: ColumnVector, to: DataType, evaluation: EvaluationContext): ColumnVector {
  const { length } = vector;
  const out = new ByteWriter(length * 8);
  const offsets = new Int32Array(length + 1);
  const validity = vector.kind === 'constant' ? null : vector.validity;
  for (let i = 0; i < length; i += 1) {
    if (validity === null || getBit(validity, i)) encodeText(vector, i, evaluation.format, out);
    offsets[i + 1] = out.length;
  }
  return { kind: 'bytes', type: to, length, validity, offsets, data: out.take() };
}

/** Text bytes straight into a builder of the target type. */
function castFromText(
  vector: ColumnVector & { kind: 'bytes' },
  to: DataType,
  evaluation: EvaluationContext,
): ColumnVector {
  const builder = createVectorBuilder(to, { capacityRows: vector.length });
  const { data, offsets, validity, length } = vector;
  const format = { ...evaluation.format, nowMicros: evaluation.transactionMicros };
  for (let i = 0; i < length; i += 1) {
    if (validity !== null && !getBit(validity, i)) builder.appendNull();
    else builder.appendText(data, offsets[i]!, offsets[i + 1]!, format);
  }
  return builder.finish();
}

function readsPlainText(from: DataType, to: DataType): boolean {
  if (!isPlainText(from) && from.kind !== 'varchar') return false;
  if (to.kind === 'varchar' || to.kind === 'bpchar' || to.kind === 'char' || to.kind === 'name') return false;
  return to.kind !== 'array' && !to.kind.startsWith('reg');
}

/** `castValue` for a whole vector. Rows that are NULL stay NULL; the first bad row raises its error. Constants stay constants. */
export function castVector(
  vector: ColumnVector,
  to: DataType,
  context: CastContext,
  evaluation: EvaluationContext,
): ColumnVector {
  const from = vector.type;
  if (sameType(from, to)) return vector;
  if (vector.kind === 'constant') {
    const value = castValue(vector.value, from, to, context, evaluation);
    return { kind: 'constant', type: to, length: vector.length, value };
  }
  if (isRelabel(from, to)) return relabel(vector, to);
  if (isPlainText(to) && printsDirectly(from)) return castToText(vector, to, evaluation);
  if (vector.kind === 'bytes' && readsPlainText(from, to)) return castFromText(vector, to, evaluation);
  const numbers = vector.kind === 'fixed' || vector.kind === 'fixed16' ? castNumbers(vector, to) : null;
  if (numbers !== null) return numbers;
  const builder = createVectorBuilder(to, { capacityRows: vector.length });
  for (let i = 0; i < vector.length; i += 1)
    builder.appendValue(castValue(valueAt(vector, i), from, to, context, evaluation));
  return builder.finish();
}
