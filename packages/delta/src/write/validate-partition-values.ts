import {
  type ColumnVector,
  type DataType,
  daysFromCivil,
  failure,
  isTextLike,
  MICROS_PER_DAY,
  type Schema,
  type Value,
  valueAt,
} from '@millrace/core';

const DAYS_MIN = daysFromCivil(1, 1, 1);
const DAYS_MAX = daysFromCivil(9999, 12, 31);
const MICROS_MIN = BigInt(DAYS_MIN) * MICROS_PER_DAY;
const MICROS_END = BigInt(DAYS_MAX + 1) * MICROS_PER_DAY;

/** Whether a date can be written so that other engines read it. */
export function isPortableDate(days: number): boolean {
  return days >= DAYS_MIN && days <= DAYS_MAX;
}
/** Whether a timestamp can be written so that other engines read it. */
export function isPortableTimestamp(micros: bigint): boolean {
  return micros >= MICROS_MIN && micros < MICROS_END;
}

/**
 * Refuses values that a partition column of a Delta table cannot hold, so that the write funnel can say so before a row is
 * acknowledged: the empty string (Delta reads it as NULL: 22023) and dates or timestamps outside the years 1 to 9999, infinity included
 * (22008). Call it with each batch of a partitioned table.
 */
export function validatePartitionValues(
  schema: Schema,
  partitionColumns: readonly string[],
  vectors: readonly ColumnVector[],
  rowCount: number,
): void {
  for (const [i, field] of schema.fields.entries()) {
    if (!partitionColumns.includes(field.name) || !canBeUnstorable(field.type)) continue;
    validateColumn(field.name, field.type, vectors[i]!, rowCount);
  }
}

function canBeUnstorable(type: DataType): boolean {
  return isTextLike(type) || type.kind === 'date' || type.kind === 'timestamp' || type.kind === 'timestamptz';
}

function validateColumn(name: string, type: DataType, vector: ColumnVector, rowCount: number): void {
  if (vector.kind === 'constant') {
    if (rowCount > 0) validateValue(name, type, vector.value);
    return;
  }
  for (let i = 0; i < rowCount; i++) validateValue(name, type, valueAt(vector, i));
}

/** The same for one value. */
function validateValue(name: string, type: DataType, value: Value): void {
  if (value === null) return;
  if (value === '') {
    const message = `partition column "${name}" cannot hold an empty string: Delta Lake reads it as NULL`;
    throw failure('invalidParameterValue', { message }, { column: name });
  }
  const isPortable =
    type.kind === 'date'
      ? isPortableDate(value as number)
      : type.kind === 'timestamp' || type.kind === 'timestamptz'
        ? isPortableTimestamp(value as bigint)
        : true;
  if (!isPortable) {
    throw failure('datetimeOutOfRange', { what: `${type.kind} in partition column "${name}"` }, { column: name });
  }
}
