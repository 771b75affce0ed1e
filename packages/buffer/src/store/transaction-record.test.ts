import { decodeBatch } from '@millrace/core';
import { expect, test } from 'vitest';
import { batchOf, rowsOf, TEST_SCHEMA, type TestRow } from '../testing/fake-storage.ts';
import { decodeTransaction, encodeTransaction } from './transaction-record.ts';

const TYPES = TEST_SCHEMA.fields.map((field) => field.type);
const ROWS: readonly TestRow[] = [
  [1n, 'a'],
  [-9223372036854775808n, ''],
  [9007199254740993n, 'é€'],
];

function bytesOf(catalog: Uint8Array | null): Uint8Array {
  const chunks = encodeTransaction({
    catalog,
    tables: [
      { tableId: 'first', schemaId: 1, batches: [batchOf(ROWS), batchOf(ROWS.slice(1))] },
      { tableId: 'second', schemaId: 4_000_000_000, batches: [] },
    ],
  });
  const bytes = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

test('a transaction comes back as it was', () => {
  for (const catalog of [null, new Uint8Array(0), Uint8Array.of(1, 2, 3)]) {
    const record = decodeTransaction(bytesOf(catalog), 7n);
    expect(record.catalog).toEqual(catalog);
    expect(record.tables.map(({ tableId, schemaId }) => [tableId, schemaId])).toEqual([
      ['first', 1],
      ['second', 4_000_000_000],
    ]);
    const rows = record.tables[0]!.batches.map((batch) => rowsOf(decodeBatch(batch, TYPES)));
    expect(rows).toEqual([ROWS, ROWS.slice(1)]);
  }
});

test('every shortened record, one with more bytes, and one of another format are XX001', () => {
  const bytes = bytesOf(Uint8Array.of(5));
  const isRefused = (damaged: Uint8Array): void =>
    expect(() => decodeTransaction(damaged, 7n)).toThrow(expect.objectContaining({ sqlstate: 'XX001' }));
  for (let size = 0; size < bytes.byteLength; size++) isRefused(bytes.subarray(0, size));
  isRefused(Uint8Array.of(...bytes, 0));
  isRefused(Uint8Array.of(2, ...bytes.subarray(1)));
});
