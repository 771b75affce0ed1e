import { RecordBatchReader, RecordBatchStreamWriter } from 'apache-arrow';
import type { DataType } from '../types/data-type.ts';
import type { Field } from '../types/field.ts';
import type { RecordBatch } from '../vector/column-vector.ts';
import { dataTypeOf, fromArrowBatch } from './from-arrow.ts';
import { arrowSchemaOf, toArrowBatch } from './to-arrow.ts';

/**
 * Batches as an Arrow IPC stream. The writer's chunks are joined here: arrow-js' own joining (`tableToIPC`) takes adjacent views of one
 * buffer for one range and writes a damaged stream when a column appears twice or slices overlap.
 */
export async function encodeIpcStream(batches: readonly RecordBatch[], fields: readonly Field[]): Promise<Uint8Array> {
  const schema = arrowSchemaOf(fields);
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  for (const batch of batches) writer.write(toArrowBatch(batch, fields, schema));
  writer.finish();
  const chunks: Uint8Array[] = [];
  for await (const chunk of writer as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk.slice());
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** What an IPC stream holds: its fields and its batches, read as `columnTypes` or as the fields say. Vectors are views on `bytes`. */
export interface IpcContent {
  readonly fields: readonly Field[];
  readonly batches: readonly RecordBatch[];
}

/** Reads an Arrow IPC stream. 0A000 for Arrow types without a PostgreSQL counterpart. */
export function decodeIpcStream(bytes: Uint8Array, columnTypes?: readonly DataType[]): IpcContent {
  const reader = RecordBatchReader.from(bytes).open();
  const fields = reader.schema.fields.map(
    (field, k): Field => ({
      name: field.name,
      type: columnTypes?.[k] ?? dataTypeOf(field),
      nullable: field.nullable,
    }),
  );
  const batches: RecordBatch[] = [];
  for (const batch of reader)
    batches.push(
      fromArrowBatch(
        batch,
        fields.map((field) => field.type),
      ),
    );
  return { fields, batches };
}
