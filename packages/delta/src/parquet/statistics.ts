import {
  type BytesVector,
  type ColumnVector,
  type DataType,
  type Field,
  type FixedVector,
  flattenVector,
  isNullAt,
  readDecimal128,
} from '@millrace/core';
import { formatExactJson, JsonNumber } from '../log/exact-json.ts';
import { dateText, timestampText } from '../write/partition-value.ts';
import { isPortableDate, isPortableTimestamp } from '../write/validate-partition-values.ts';
import { textBounds } from './text-bounds.ts';

interface Bounds {
  readonly min: string | JsonNumber;
  readonly max: string | JsonNumber | null;
}

/**
 * `add.stats` of a file ("Per-file Statistics"): row count, and of the first `indexedColumns` data columns the NULLs, the least
 * and the greatest value. int64 and decimals digit by digit; strings cut at 32 characters so that the bounds stay bounds; timestamps
 * in milliseconds, the greatest rounded up. No bounds where a reader could prune wrongly: a NaN or an infinity among floats,
 * years outside 1..9999 (infinity), bool, bytea, arrays, json.
 */
export function fileStatistics(
  fields: readonly Field[],
  vectors: readonly ColumnVector[],
  rowCount: number,
  indexedColumns: number,
): string {
  const nullCount: Record<string, number> = {};
  const minValues: Record<string, string | JsonNumber> = {};
  const maxValues: Record<string, string | JsonNumber> = {};
  const count = indexedColumns < 0 ? fields.length : Math.min(indexedColumns, fields.length);
  for (let i = 0; i < count; i++) {
    const { name, type } = fields[i]!;
    const vector = flattenVector(vectors[i]!);
    const nulls = countNulls(vector);
    nullCount[name] = nulls;
    const bounds = nulls === vector.length ? null : boundsOf(vector, type);
    if (bounds === null) continue;
    minValues[name] = bounds.min;
    if (bounds.max !== null) maxValues[name] = bounds.max;
  }
  return formatExactJson({ numRecords: rowCount, minValues, maxValues, nullCount });
}

function countNulls(vector: ColumnVector): number {
  let nulls = 0;
  for (let i = 0; i < vector.length; i++) if (isNullAt(vector, i)) nulls++;
  return nulls;
}

function boundsOf(vector: ColumnVector, type: DataType): Bounds | null {
  switch (type.kind) {
    case 'int2':
    case 'int4':
    case 'int8':
    case 'oid':
      return fixedBounds(vector as FixedVector, (value) => new JsonNumber(String(value)));
    case 'float4':
    case 'float8':
      return floatBounds(vector as FixedVector);
    case 'numeric':
      return type.precision === null ? textBounds(vector as BytesVector) : decimalBounds(vector, type.scale ?? 0);
    case 'date':
      return fixedBounds(vector as FixedVector, (value) =>
        isPortableDate(Number(value)) ? dateText(Number(value)) : null,
      );
    case 'timestamp':
      return timestampBounds(vector as FixedVector, '');
    case 'timestamptz':
      return timestampBounds(vector as FixedVector, 'Z');
    case 'text':
    case 'varchar':
    case 'bpchar':
    case 'name':
    case 'char':
      return textBounds(vector as BytesVector);
    default:
      return null;
  }
}

/** Least and greatest of the values that are not NULL. */
function extremes(vector: FixedVector): { readonly min: number | bigint; readonly max: number | bigint } {
  const { values, length } = vector;
  let min: number | bigint | undefined;
  let max: number | bigint | undefined;
  for (let i = 0; i < length; i++) {
    if (isNullAt(vector, i)) continue;
    const value = values[i]!;
    if (min === undefined || value < min) min = value;
    if (max === undefined || value > max) max = value;
  }
  return { min: min!, max: max! };
}

function fixedBounds(
  vector: FixedVector,
  format: (value: number | bigint) => string | JsonNumber | null,
): Bounds | null {
  const { min, max } = extremes(vector);
  const minText = format(min);
  const maxText = format(max);
  return minText === null || maxText === null ? null : { min: minText, max: maxText };
}

/** -0 and 0 are equal, but not to every reader: the least is written as -0.0 and the greatest as 0.0. */
function floatBounds(vector: FixedVector): Bounds | null {
  for (let i = 0; i < vector.length; i++) {
    if (!isNullAt(vector, i) && !Number.isFinite(vector.values[i] as number)) return null;
  }
  const { min, max } = extremes(vector);
  return {
    min: new JsonNumber(min === 0 ? '-0.0' : String(min)),
    max: new JsonNumber(max === 0 ? '0.0' : String(max)),
  };
}

/** Milliseconds: down for the least, up for the greatest, so that both hold for readers that widen and for those that do not. */
function timestampBounds(vector: FixedVector, zone: string): Bounds | null {
  const extreme = extremes(vector);
  const min = extreme.min as bigint;
  const max = extreme.max as bigint;
  const above = max % 1_000n === 0n ? max : max + 1_000n;
  if (!isPortableTimestamp(min) || !isPortableTimestamp(above)) return null;
  return { min: `${timestampText(min, 'T', 3)}${zone}`, max: `${timestampText(above, 'T', 3)}${zone}` };
}

function decimalBounds(vector: ColumnVector, scale: number): Bounds | null {
  if (vector.kind !== 'fixed16') return null;
  let min: bigint | undefined;
  let max: bigint | undefined;
  for (let i = 0; i < vector.length; i++) {
    if (isNullAt(vector, i)) continue;
    const value = readDecimal128(vector.values, i);
    if (min === undefined || value < min) min = value;
    if (max === undefined || value > max) max = value;
  }
  return { min: new JsonNumber(decimalText(min!, scale)), max: new JsonNumber(decimalText(max!, scale)) };
}

function decimalText(coefficient: bigint, scale: number): string {
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return coefficient < 0n ? `-${text}` : text;
}
