import { type ObjectStore, types } from '@millrace/core';
import { expect, test } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import { commitKey, lastCheckpointKey, logDirectory } from '../log/file-names.ts';
import { memoryObjectStore } from '../store/memory-object-store.ts';
import { faultyStore } from '../testing/faulty-store.ts';
import { append, readAll } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';
import { loadSnapshot } from './load-snapshot.ts';

const ENCODER = new TextEncoder();
const SPARK_SCHEMA = JSON.stringify({
  type: 'struct',
  fields: [
    { name: 'id', type: 'long', nullable: true, metadata: {} },
    { name: 'part', type: 'string', nullable: true, metadata: { comment: 'a "quoted" comment' } },
  ],
});
const add = (path: string, more: object = {}): object => ({
  add: {
    path,
    partitionValues: { part: 'a b' },
    size: 912,
    modificationTime: 1_579_190_100_000,
    dataChange: true,
    ...more,
  },
});
/** What Spark writes: fields and actions that we do not know, removes, transactions, a metadata change. */
const SPARK_LOG: readonly (readonly object[])[] = [
  [
    {
      commitInfo: {
        timestamp: 1,
        operation: 'WRITE',
        operationParameters: { mode: 'Append', partitionBy: '["part"]' },
        isBlindAppend: true,
      },
    },
    { protocol: { minReaderVersion: 1, minWriterVersion: 2 } },
    {
      metaData: {
        id: '2edf2c02-bb63-44e9-a84c-517fad0db296',
        format: { provider: 'parquet', options: {} },
        schemaString: SPARK_SCHEMA,
        partitionColumns: ['part'],
        configuration: {},
        createdTime: 1_579_190_099_000,
      },
    },
    add('part=a%20b/part-00000-1.c000.snappy.parquet', { stats: '{"numRecords":2}', unknownField: { deep: [1] } }),
    add('part=a%20b/part-00001-2.c000.snappy.parquet'),
  ],
  [
    { txn: { appId: 'stream', version: 9_007_199_254_740_993n, lastUpdated: 5 } },
    { somethingNew: { x: 1 } },
    { cdc: { path: '_change_data/cdc-1', partitionValues: {}, size: 1, dataChange: false } },
    {
      remove: {
        path: 'part=a%20b/part-00000-1.c000.snappy.parquet',
        deletionTimestamp: 7,
        dataChange: true,
        extendedFileMetadata: true,
      },
    },
    add('part=a%20b/part-00002-3.c000.snappy.parquet', { tags: { INSERTION_TIME: '1' } }),
    { domainMetadata: { domain: 'delta.clustering', configuration: '{}', removed: false } },
  ],
  [{ txn: { appId: 'stream', version: 9_007_199_254_740_995n } }, { txn: { appId: 'other', version: 1 } }],
];

async function putLog(store: ObjectStore, location: string, log: readonly (readonly object[])[]): Promise<void> {
  const text = (line: object): string =>
    JSON.stringify(line, (_, value) => (typeof value === 'bigint' ? `@${value}@` : value)).replace(/"@(\d+)@"/g, '$1');
  for (const [version, lines] of log.entries()) {
    await store.put(commitKey(location, BigInt(version)), ENCODER.encode(lines.map(text).join('\n')), {
      mode: 'create',
    });
  }
}

async function sparkTable() {
  const inner = memoryObjectStore();
  await putLog(inner, 's/', SPARK_LOG);
  const store = faultyStore(inner);
  return { inner, store, source: { ...testEnvironment({ store }), location: 's/' } };
}

test('a log as Spark writes it', async () => {
  const { source } = await sparkTable();
  const snapshot = (await loadSnapshot(source))!;
  expect(snapshot.version).toBe(2n);
  expect([...snapshot.files.values()].map((file) => file.path)).toEqual([
    'part=a%20b/part-00001-2.c000.snappy.parquet',
    'part=a%20b/part-00002-3.c000.snappy.parquet',
  ]);
  expect([...snapshot.tombstones.values()].map((file) => file.path)).toEqual([
    'part=a%20b/part-00000-1.c000.snappy.parquet',
  ]);
  expect(snapshot.txns.get('stream')!.version).toBe(9_007_199_254_740_995n);
  expect(snapshot.txns.get('other')!.version).toBe(1n);
  expect(snapshot.domains.get('delta.clustering')).toEqual({
    domain: 'delta.clustering',
    configuration: '{}',
    removed: false,
  });
  expect(snapshot.schema.fields.map((field) => field.type)).toEqual([types.int8, types.text]);
  const first = (await loadSnapshot(source, { version: 0n }))!;
  expect(first.files.size).toBe(2);
  expect(first.files.get('part=a%20b/part-00000-1.c000.snappy.parquet')!.stats).toBe('{"numRecords":2}');
  expect(first.txns.size).toBe(0);
});

test('a stale or torn listing changes nothing, names that are not the log’s are ignored', async () => {
  const { store, inner, source } = await sparkTable();
  for (const name of [
    '.tmp',
    '00000000000000000003.json.tmp',
    '._00000000000000000001.json',
    '_staged_commits/x',
    '3.json',
  ]) {
    await inner.put(`${logDirectory('s/')}${name}`, ENCODER.encode('junk'), { mode: 'create' });
  }
  for (const hidden of [/00001\.json$/, /00002\.json$/, /0000[12]\.json$/, /json$/]) {
    store.hidden = hidden;
    expect((await loadSnapshot(source))!.version, String(hidden)).toBe(2n);
  }
});

test('a commit that is missing below another is an error, not an older table', async () => {
  const { inner, source } = await sparkTable();
  await inner.delete(commitKey('s/', 1n));
  await expect(loadSnapshot(source)).rejects.toMatchObject({
    sqlstate: 'XX001',
    message: expect.stringContaining('00000000000000000001.json is missing'),
  });
});

test('a damaged line is XX001 with the file and line', async () => {
  const { inner, source } = await sparkTable();
  for (const text of [
    '{"add":',
    '{"add":{"path":5}}',
    '{"txn":{"appId":"a","version":1.5}}',
    '{"remove":{}}',
    '[]',
    '5',
  ]) {
    await inner.put(commitKey('s/', 3n), ENCODER.encode(`{"commitInfo":{}}\n${text}`), { mode: 'overwrite' });
    await expect(loadSnapshot(source), text).rejects.toMatchObject({
      sqlstate: 'XX001',
      message: expect.stringMatching(/00003\.json line 2/),
    });
  }
  await inner.put(commitKey('s/', 3n), ENCODER.encode('{"add":{"path":"x","size":1,"deletionVector":{}}}'), {
    mode: 'overwrite',
  });
  await expect(loadSnapshot(source)).rejects.toMatchObject({ sqlstate: '0A000' });
});

test('no log is no table; a log without metaData or protocol is damaged', async () => {
  const store = memoryObjectStore();
  const source = { ...testEnvironment({ store }), location: 'x/' };
  expect(await loadSnapshot(source)).toBeNull();
  await putLog(store, 'x/', [[{ protocol: { minReaderVersion: 1, minWriterVersion: 2 } }]]);
  await expect(loadSnapshot(source)).rejects.toMatchObject({
    sqlstate: 'XX001',
    message: expect.stringContaining('no metaData'),
  });
});

const schema = {
  fields: [
    { name: 'n', type: types.int8, nullable: false },
    { name: 'p', type: types.text, nullable: true },
  ],
};
const definition = {
  location: 't/',
  tableId: 'id-1',
  schema,
  partitionColumns: ['p'],
  configuration: { 'delta.checkpointInterval': '4' },
};

async function tableWithCheckpoints() {
  const inner = memoryObjectStore();
  const store = faultyStore(inner);
  const environment = testEnvironment({ store });
  const table = await DeltaTable.create(environment, definition);
  for (let n = 0; n < 10; n++) {
    await append(table, [[BigInt(n), n % 2 === 0 ? 'even' : null]], { from: BigInt(n) - 1n, version: BigInt(n) });
    await table.close();
  }
  return { inner, store, environment, table, source: { ...environment, location: 't/' } };
}

test('a checkpoint and the commits above it are the same table as all commits', async () => {
  const { inner, table, source } = await tableWithCheckpoints();
  const state = async () => {
    const snapshot = (await loadSnapshot(source))!;
    return {
      version: snapshot.version,
      protocol: snapshot.protocol,
      metaData: snapshot.metaData,
      txns: [...snapshot.txns],
      files: new Map([...snapshot.files.values()].map((file) => [file.path, { ...file, dataChange: true }])),
    };
  };
  const withCheckpoint = await loadSnapshot(source);
  expect(withCheckpoint!.checkpointVersion).toBe(7n);
  const expected = await state();
  expect(expected.files.size).toBe(10);
  const rows = await readAll(table);
  // Only the newest checkpoint and what is above it: what a log cleanup leaves.
  for (let version = 0n; version <= 7n; version++) await inner.delete(commitKey('t/', version));
  expect(await state()).toEqual(expected);
  const opened = await DeltaTable.open(testEnvironment({ store: inner }), 't/');
  expect(await readAll(opened)).toEqual(expect.arrayContaining(rows));
  expect(await opened.progress('wal-1')).toBe(9n);
});

test('_last_checkpoint is a hint: missing, damaged or wrong, the table is the same', async () => {
  const { inner, source } = await tableWithCheckpoints();
  const key = lastCheckpointKey('t/');
  expect(JSON.parse(new TextDecoder().decode((await inner.get(key))!))).toEqual({
    version: 7,
    size: 10,
    sizeInBytes: expect.any(Number),
    numOfAddFiles: 7,
  });
  for (const hint of [null, '', '{', '{"version":3}', '{"version":99}', '{"version":"7"}', '{"version":7,"parts":1}']) {
    await inner.delete(key);
    if (hint !== null) await inner.put(key, ENCODER.encode(hint), { mode: 'create' });
    const snapshot = (await loadSnapshot(source))!;
    expect([hint, snapshot.version, snapshot.files.size]).toEqual([hint, 10n, 10]);
  }
});

test('a damaged checkpoint gives way to an older one, or to the commits', async () => {
  const { inner, source } = await tableWithCheckpoints();
  const checkpoint = (version: number): string =>
    `${logDirectory('t/')}${String(version).padStart(20, '0')}.checkpoint.parquet`;
  await inner.put(checkpoint(7), ENCODER.encode('not parquet'), { mode: 'overwrite' });
  expect((await loadSnapshot(source))!.checkpointVersion).toBe(3n);
  await inner.put(checkpoint(3), new Uint8Array(0), { mode: 'overwrite' });
  const snapshot = (await loadSnapshot(source))!;
  expect([snapshot.checkpointVersion, snapshot.files.size]).toEqual([-1n, 10]);
  await inner.delete(commitKey('t/', 0n));
  await expect(loadSnapshot(source)).rejects.toMatchObject({
    sqlstate: 'XX001',
    message: expect.stringContaining('checkpoint'),
  });
});

test('a checkpoint that cannot be written fails no commit', async () => {
  const { store, table } = await tableWithCheckpoints();
  store.match = /checkpoint\.parquet$/;
  store.faults = ['throws-lost', 'throws-lost', 'throws-lost'];
  store.injected.clear();
  for (let n = 10; n < 16; n++) {
    expect((await append(table, [[BigInt(n), 'x']], { from: BigInt(n) - 1n, version: BigInt(n) })).status).toBe(
      'committed',
    );
    await table.close();
  }
  expect(store.injected.get('throws-lost')).toBe(3);
  expect(store.injected.get('none')).toBe(1);
});

test('a refresh asks for the next commit only', async () => {
  const { inner, store, environment } = await tableWithCheckpoints();
  const reader = await DeltaTable.open(environment, 't/');
  const writer = await DeltaTable.open(testEnvironment({ store: inner, seed: 3 }), 't/');
  await append(writer, [[10n, 'x']], { from: 9n, version: 10n });
  store.lists.length = 0;
  await reader.refresh();
  expect(reader.snapshot!.version).toBe(11n);
  expect(store.lists).toEqual([]);
});
