import {
  type ColumnVector,
  concatVectors,
  type DataType,
  type Field,
  failure,
  gatherVector,
  type RecordBatch,
  type Value,
  valueAt,
} from '@millrace/core';
import { formatPartitionValue } from '../write/partition-value.ts';

/** The rows of one partition: its values as text, and the data columns. */
export interface PartitionRows {
  readonly partitionValues: Readonly<Record<string, string | null>>;
  readonly rowCount: number;
  /** In the order of the fields that are not partition columns. */
  readonly vectors: readonly ColumnVector[];
}

interface Group {
  readonly partitionValues: Record<string, string | null>;
  /** Row numbers by batch number. */
  readonly rows: Map<number, number[]>;
}

/**
 * Divides rows by the values of the partition columns, in order of first appearance; rows keep their order. Throws 22023 for an empty
 * string, which would come back as NULL (`validatePartitionValues` keeps it out earlier).
 */
export function splitPartitions(
  fields: readonly Field[],
  partitionColumns: readonly string[],
  batches: readonly RecordBatch[],
): PartitionRows[] {
  const dataIndices = fields.flatMap((field, i) => (partitionColumns.includes(field.name) ? [] : [i]));
  const partitionFields = partitionColumns.map((name) => {
    const index = fields.findIndex((field) => field.name === name);
    return { name, index, type: fields[index]!.type };
  });
  const groups = new Map<string, Group>();
  for (const [batchNumber, batch] of batches.entries()) {
    const keys = partitionFields.map(({ index, name, type }) =>
      partitionTexts(batch.vectors[index]!, type, name, batch.rowCount),
    );
    let last: { readonly key: string; readonly rows: number[] } | null = null;
    for (let row = 0; row < batch.rowCount; row++) {
      const texts = keys.map((column) => column[row]!);
      const key = JSON.stringify(texts);
      if (last === null || last.key !== key)
        last = { key, rows: rowsOf(groups, key, texts, partitionColumns, batchNumber) };
      last.rows.push(row);
    }
  }
  return [...groups.values()].map((group) => gatherGroup(group, fields, dataIndices, batches));
}

function rowsOf(
  groups: Map<string, Group>,
  key: string,
  texts: readonly (string | null)[],
  partitionColumns: readonly string[],
  batchNumber: number,
): number[] {
  let group = groups.get(key);
  if (group === undefined) {
    const partitionValues = Object.fromEntries(partitionColumns.map((name, i) => [name, texts[i] ?? null]));
    group = { partitionValues, rows: new Map() };
    groups.set(key, group);
  }
  let rows = group.rows.get(batchNumber);
  if (rows === undefined) {
    rows = [];
    group.rows.set(batchNumber, rows);
  }
  return rows;
}

function partitionTexts(vector: ColumnVector, type: DataType, name: string, rowCount: number): (string | null)[] {
  const text = (value: Value): string | null => {
    if (value === '')
      throw failure('invalidParameterValue', { message: `partition column "${name}" cannot hold an empty string` });
    return formatPartitionValue(type, value);
  };
  if (vector.kind === 'constant') return new Array<string | null>(rowCount).fill(text(vector.value));
  const known = new Map<Value, string | null>();
  return Array.from({ length: rowCount }, (_, row) => {
    const value = valueAt(vector, row);
    // Map keys treat -0 as 0, whose texts differ.
    if (Object.is(value, -0)) return text(value);
    let found = known.get(value);
    if (found === undefined) {
      found = text(value);
      known.set(value, found);
    }
    return found;
  });
}

function gatherGroup(
  group: Group,
  fields: readonly Field[],
  dataIndices: readonly number[],
  batches: readonly RecordBatch[],
): PartitionRows {
  const pieces = [...group.rows].map(([batchNumber, rows]) => {
    const batch = batches[batchNumber]!;
    const isWhole = rows.length === batch.rowCount;
    const indices = isWhole ? null : Int32Array.from(rows);
    return { batch, indices, rowCount: rows.length };
  });
  const vectors = dataIndices.map((index) => {
    const parts = pieces.map(({ batch, indices }) =>
      indices === null ? batch.vectors[index]! : gatherVector(batch.vectors[index]!, indices),
    );
    return parts.length === 1 ? parts[0]! : concatVectors(fields[index]!.type, parts);
  });
  const rowCount = pieces.reduce((sum, piece) => sum + piece.rowCount, 0);
  return { partitionValues: group.partitionValues, rowCount, vectors };
}
