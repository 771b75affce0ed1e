import { type CatalogTable, types } from '@millrace/core';
import { expect, test } from 'vitest';
import { deltaTableStorage } from './delta-storage.ts';
import { batchOf, collect, prepare } from './testing/rows.ts';
import { testEnvironment } from './testing/test-environment.ts';

const catalogTable = (overrides: Partial<CatalogTable> = {}): CatalogTable => ({
  oid: 20_000,
  tableId: 'id-1',
  schemaId: 1,
  schemaName: 'public',
  name: 'events',
  columns: [
    { name: 'n', type: types.int8, nullable: false, defaultSql: null, defaultExpr: null },
    { name: 'p', type: types.text, nullable: true, defaultSql: null, defaultExpr: null },
  ],
  partitionColumns: ['p'],
  options: { 'delta.checkpointInterval': '3', flush_after: '1s' },
  location: 'public/events/',
  isSystem: false,
  ...overrides,
});

test('attach, write, read, drop', async () => {
  const environment = testEnvironment();
  const storage = deltaTableStorage(environment);
  const table = catalogTable();
  const { versioned, sink } = storage.attach(table);
  expect(storage.attach(table).sink).toBe(sink);
  await storage.ensure(table);
  await storage.ensure(table);
  const { schema } = versioned.pin();
  const staged = await sink.stage([batchOf(schema, [[1n, 'x']])]);
  expect((await sink.commit(staged, { appId: 'w', from: -1n, version: 1n })).status).toBe('committed');
  expect(await collect(await prepare(versioned.pin()))).toEqual([[1n, 'x']]);
  const log = new TextDecoder().decode(
    (await environment.store.get('public/events/_delta_log/00000000000000000000.json'))!,
  );
  expect(log).toContain('"configuration":{"delta.checkpointInterval":"3"}');
  expect(log).toContain('"name":"events"');
  await storage.drop(table);
  await storage.drop(table);
  const left: string[] = [];
  for await (const object of environment.store.list('')) left.push(object.key);
  expect(left).toEqual([]);
  const again = deltaTableStorage(environment).attach(catalogTable({ tableId: 'id-2' })).versioned;
  await again.refresh();
  expect(again.pin().version).toBe(-1n);
  await storage.close();
});

test('a table with generated columns says so: other engines may read it, and must not write it', async () => {
  const environment = testEnvironment();
  const [n, p] = catalogTable().columns;
  const expr = { kind: 'literal', value: 'x', type: types.text } as const;
  const table = catalogTable({ columns: [n!, { ...p!, generated: { sql: "'x'::text", expr } }] });
  await deltaTableStorage(environment).ensure(table);
  const log = new TextDecoder().decode(
    (await environment.store.get('public/events/_delta_log/00000000000000000000.json'))!,
  );
  expect(log).toContain('"minReaderVersion":1,"minWriterVersion":7');
  expect(log).toContain('"millrace.generatedColumns"');
  expect(log).toContain(`"millrace.generated.p":"'x'::text"`);
});

test('rows that would come back changed are refused in the funnel', () => {
  const storage = deltaTableStorage(testEnvironment());
  const table = catalogTable();
  const schema = { fields: table.columns };
  storage.validateRows(
    table,
    batchOf(schema, [
      [1n, 'x'],
      [2n, null],
    ]),
  );
  const empty = batchOf(schema, [
    [1n, 'x'],
    [2n, ''],
  ]);
  expect(() => storage.validateRows(table, empty)).toThrow(expect.objectContaining({ sqlstate: '22023' }));
  storage.validateRows(catalogTable({ partitionColumns: [] }), empty);
});

test('definitions that Delta cannot hold are refused, and so is a place that another table has', async () => {
  const storage = deltaTableStorage(testEnvironment());
  storage.validate(catalogTable());
  const interval = catalogTable().columns.map((column) => ({ ...column, type: types.interval }));
  expect(() => storage.validate(catalogTable({ columns: interval }))).toThrow(
    expect.objectContaining({ sqlstate: '0A000' }),
  );
  await storage.ensure(catalogTable());
  await expect(storage.ensure(catalogTable({ tableId: 'id-2' }))).rejects.toMatchObject({ sqlstate: '55000' });
  expect(() => storage.attach(catalogTable({ tableId: 'virtual:x', location: null }))).toThrow(
    expect.objectContaining({ sqlstate: '0A000' }),
  );
});
