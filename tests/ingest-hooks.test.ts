import { type IngestEvent, type IngestHook, type RecordBatch, valueAt } from '@millrace/core';
import { openClient } from '@millrace/engine';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { query, RawClient, run, sync } from './acceptance/support/raw-client.ts';
import { startTestServer, type TestServer } from './support/test-server.ts';

/** Every row that passed each hook, as `id name`. */
const passed = { before: [] as string[], after: [] as string[] };
const namesOf = ({ rowCount, vectors }: RecordBatch): string[] =>
  Array.from({ length: rowCount }, (_, row) => `${valueAt(vectors[0]!, row)} ${valueAt(vectors[1]!, row)}`);
const watch: IngestHook = {
  name: 'watch',
  before(batch) {
    passed.before.push(...namesOf(batch));
    return batch;
  },
  async after(event: IngestEvent) {
    if (event.kind !== 'commit') return;
    for (const { batches } of event.tables) passed.after.push(...batches.flatMap(namesOf));
  },
};

let server: TestServer;
let client: pg.Client;
let raw: RawClient;

beforeAll(async () => {
  server = await startTestServer({ configure: (builder) => builder.use({ name: 'watch', hooks: [watch] }) });
  client = await server.connect();
  raw = await RawClient.open(server.port);
  await client.query('create table t (id int8 not null, name text)');
});
afterAll(async () => {
  raw.close();
  await server.close();
});

const int8 = (value: bigint): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
};
/** Both hooks saw exactly these rows since the last look; the after-hook a moment later. */
async function saw(...rows: readonly string[]): Promise<void> {
  await expect.poll(() => passed.after, { timeout: 5_000 }).toEqual(rows);
  expect(passed.before.splice(0)).toEqual(rows);
  passed.after.length = 0;
}

test('a simple INSERT', async () => {
  await client.query("insert into t values (1, 'simple'), (2, 'rows')");
  await saw('1 simple', '2 rows');
});

test('a prepared INSERT with text parameters', async () => {
  await client.query({ name: 'prepared', text: 'insert into t values ($1, $2), (4, $2)', values: ['3', 'text'] });
  await saw('3 text', '4 text');
});

test('a prepared INSERT with binary parameters', async () => {
  raw.send(run('insert into t values ($1, $2)', [int8(5n), Buffer.from('binary')]), sync());
  await raw.untilReady();
  await saw('5 binary');
});

test('statements that are pipelined before one Sync', async () => {
  raw.send(
    ...[6n, 7n, 8n].map((id) => run('insert into t values ($1, $2)', [int8(id), Buffer.from('pipelined')])),
    sync(),
  );
  await raw.untilReady();
  await saw('6 pipelined', '7 pipelined', '8 pipelined');
});

test('INSERT ... SELECT', async () => {
  await client.query("insert into t select id + 8, 'selected' from t where id = 1");
  await saw('9 selected');
});

test('a transaction over several statements, and not one that rolls back', async () => {
  await client.query("begin; insert into t values (10, 'gone'); rollback");
  passed.before.length = 0;
  await client.query("begin; insert into t values (11, 'begun'); insert into t values (12, 'begun'); commit");
  await saw('11 begun', '12 begun');
});

test('COPY FROM STDIN', async () => {
  const message = (type: string, body: string): Buffer => {
    const head = Buffer.alloc(5);
    head.write(type, 0, 'latin1');
    head.writeInt32BE(4 + Buffer.byteLength(body), 1);
    return Buffer.concat([head, Buffer.from(body)]);
  };
  raw.send(query('copy t from stdin'), message('d', '15\tcopied\n16\t'), message('d', 'copied\n'), message('c', ''));
  expect((await raw.untilReady()).map(({ type }) => type)).toEqual(['G', 'C', 'Z']);
  await saw('15 copied', '16 copied');
});

test('the library', async () => {
  const library = await openClient(server.server.engine);
  await library.query('insert into t values ($1, $2)', [13n, 'library']);
  await library.close();
  await saw('13 library');
});

test.each(['buffered', 'durable', 'delta'])('at commit level %s', async (level) => {
  await client.query(`set millrace.commit_level = ${level}`);
  await client.query('insert into t values (14, $1)', [level]);
  await saw(`14 ${level}`);
  await client.query('reset millrace.commit_level');
});
