import {
  type ColumnId,
  type Expr,
  type PreparedScan,
  type RecordBatch,
  type Schema,
  type Value,
  type VersionedSnapshot,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { DeltaTable } from '../delta-table.ts';

/** A batch of the schema from rows of values. */
export function batchOf(schema: Schema, rows: readonly (readonly Value[])[]): RecordBatch {
  const vectors = schema.fields.map((field, i) =>
    vectorFromValues(
      field.type,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return { rowCount: rows.length, vectors };
}

/** The rows of batches. */
export function rowsOf(batch: RecordBatch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, row) => batch.vectors.map((vector) => valueAt(vector, row)));
}

/** A column reference for filters over a table: the id is the field's position. */
export function columnOf(schema: Schema, name: string): Expr {
  const index = schema.fields.findIndex((field) => field.name === name);
  return { kind: 'column', id: index as ColumnId, type: schema.fields[index]!.type };
}

/** A scan of all columns without filters, unless told otherwise. */
export async function prepare(
  pin: VersionedSnapshot,
  options: { readonly columns?: readonly string[]; readonly filters?: readonly Expr[]; readonly fetch?: number } = {},
): Promise<PreparedScan> {
  const { fields } = pin.schema;
  const request = {
    columns: options.columns ?? fields.map((field) => field.name),
    filters: options.filters ?? [],
    fieldOf: (id: ColumnId) => fields[id]!.name,
    fetch: options.fetch ?? null,
  };
  return pin.prepareScan(request, { signal: new AbortController().signal, batchRows: 1024 });
}

/** The rows that a scan gives. */
export async function collect(scan: PreparedScan): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const batch of scan.batches()) rows.push(...rowsOf(batch));
  return rows;
}

/** All rows of the newest version. */
export async function readAll(table: DeltaTable, columns?: readonly string[]): Promise<Value[][]> {
  await table.refresh();
  const pin = table.pin();
  try {
    return await collect(await prepare(pin, columns === undefined ? {} : { columns }));
  } finally {
    pin.release();
  }
}

/** Stages and commits rows as one unit. */
export async function append(
  table: DeltaTable,
  rows: readonly (readonly Value[])[],
  progress: { readonly appId?: string; readonly from: bigint; readonly version: bigint },
): ReturnType<DeltaTable['commit']> {
  const staged = await table.stage([batchOf(table.schema, rows)]);
  return table.commit(staged, { appId: progress.appId ?? 'wal-1', from: progress.from, version: progress.version });
}
