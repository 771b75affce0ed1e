import type { DataType, Value } from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import { type ExactJson, JsonNumber, type JsonObject, parseExactJson } from '../log/exact-json.ts';
import { parseDate, parseTimestamp } from '../write/partition-value.ts';
import type { ColumnRange } from './outcomes.ts';

/** A file's statistics, parsed. Another engine's may be of any shape: what is not understood is not there. */
export interface FileStatistics {
  readonly rowCount: number | null;
  readonly minValues: JsonObject;
  readonly maxValues: JsonObject;
  readonly nullCount: JsonObject;
}

const NONE: FileStatistics = { rowCount: null, minValues: {}, maxValues: {}, nullCount: {} };
const PARSED: WeakMap<AddFile, FileStatistics> = new WeakMap();

/** The statistics of a file; parsed once, kept as long as the file's action is. */
export function statisticsOf(file: AddFile): FileStatistics {
  let statistics = PARSED.get(file);
  if (statistics === undefined) {
    statistics = file.stats === undefined ? NONE : parseStatistics(file.stats);
    PARSED.set(file, statistics);
  }
  return statistics;
}

function parseStatistics(text: string): FileStatistics {
  try {
    const root = asObject(parseExactJson(text, 'text'));
    return {
      rowCount: asCount(root['numRecords']),
      minValues: asObject(root['minValues']),
      maxValues: asObject(root['maxValues']),
      nullCount: asObject(root['nullCount']),
    };
  } catch {
    return NONE;
  }
}

/** What the statistics prove about a data column; null = nothing. */
export function columnRange(statistics: FileStatistics, name: string, type: DataType): ColumnRange | null {
  const { rowCount } = statistics;
  if (rowCount === null) return null;
  const nullCount = asCount(statistics.nullCount[name]);
  const nulls = nullCount === 0 ? 'none' : nullCount !== null && nullCount >= rowCount ? 'all' : 'some';
  const min = parseBound(type, statistics.minValues[name]);
  const max = parseBound(type, statistics.maxValues[name]);
  return { type, nulls, min, max: max === null ? null : widen(type, max) };
}

/**
 * NaN is the greatest float, and other engines leave it out of their bounds: a float has no upper bound. Timestamps are cut to
 * milliseconds: the greatest may be up to one later.
 */
function widen(type: DataType, max: Value): Value {
  if (type.kind === 'float4' || type.kind === 'float8') return null;
  return type.kind === 'timestamp' || type.kind === 'timestamptz' ? (max as bigint) + 1_000n : max;
}

/** Types whose order in SQL is not the order of their stored form (json, unconstrained numeric, padded text) have no bounds. */
function parseBound(type: DataType, bound: ExactJson | undefined): Value {
  if (bound instanceof JsonNumber) return parseNumber(type, bound.text);
  if (typeof bound !== 'string') return null;
  switch (type.kind) {
    case 'text':
    case 'varchar':
    case 'name':
      return bound;
    case 'date':
      return parseDate(bound) ?? null;
    case 'timestamp':
    case 'timestamptz':
      return parseTimestamp(bound) ?? null;
    default:
      return null;
  }
}

function parseNumber(type: DataType, text: string): Value {
  const isInteger = /^-?\d+$/.test(text);
  switch (type.kind) {
    case 'int2':
    case 'int4':
      return isInteger ? Number(text) : null;
    case 'int8':
      return isInteger ? BigInt(text) : null;
    case 'float4':
    case 'float8':
      return Number(text);
    case 'numeric':
      return type.precision !== null && /^-?\d+(?:\.\d+)?$/.test(text) ? text : null;
    default:
      return null;
  }
}

function asObject(value: ExactJson | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber)
    ? (value as JsonObject)
    : {};
}

function asCount(value: ExactJson | undefined): number | null {
  if (!(value instanceof JsonNumber)) return null;
  const count = Number(value.text);
  return Number.isSafeInteger(count) && count >= 0 ? count : null;
}
