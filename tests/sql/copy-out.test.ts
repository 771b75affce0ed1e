import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bind, execute, outline, parse, query, RawClient, sync } from '../acceptance/support/raw-client.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { COPY_SETUP, COPY_STATEMENTS, type CopyOut, copyOut } from './copy-out.ts';

/** PostgreSQL 15's answers, by statement; `record-copy-out.ts` writes them. */
const RECORDED = JSON.parse(
  readFileSync(join(dirname(fileURLToPath(import.meta.url)), 'copy-out.json'), 'utf8'),
) as Readonly<Record<string, CopyOut>>;

let server: TestServer;
let client: RawClient;
const run = async (sql: string): Promise<void> => {
  client.send(query(sql));
  expect(outline(await client.untilReady()).filter((one) => one.startsWith('ERROR'))).toEqual([]);
};

beforeAll(async () => {
  server = await startTestServer();
  client = await RawClient.open(server.port);
  await run("set timezone = 'UTC'");
  for (const sql of COPY_SETUP) await run(sql);
});
afterAll(async () => {
  client.close();
  await server.close();
});

describe('COPY ... TO STDOUT', () => {
  it('is recorded', () => expect(Object.keys(RECORDED)).toEqual([...COPY_STATEMENTS]));

  it.each(COPY_STATEMENTS)('sends what PostgreSQL sends: %s', async (sql) => {
    expect(await copyOut(client, sql)).toEqual(RECORDED[sql]);
  });

  it('reads what is buffered, stored, and the open transaction’s own', async () => {
    await run('create table states (n int)');
    await run('insert into states values (1)');
    await run('checkpoint');
    await run('insert into states values (2)');
    await run('begin');
    await run('insert into states values (3)');
    expect(await copyOut(client, 'copy (select n from states order by n) to stdout')).toMatchObject({
      data: '1\n2\n3\n',
    });
    await run('rollback');
    expect(await copyOut(client, 'copy states to stdout')).toMatchObject({ data: '1\n2\n' });
  });

  it('leaves out generated columns', async () => {
    await run('create table g (n int, twice int generated always as (n * 2) stored)');
    await run('insert into g values (4)');
    expect(await copyOut(client, 'copy g to stdout csv header')).toMatchObject({ data: 'n\n4\n' });
    expect(await copyOut(client, 'copy (select * from g) to stdout csv header')).toMatchObject({
      data: 'n,twice\n4,8\n',
    });
    expect(await copyOut(client, 'copy g (twice) to stdout')).toMatchObject({ sqlstate: '42P10' });
  });

  it('runs in the extended protocol too, whatever the limit of Execute, more than once', async () => {
    client.send(
      parse('copy ct (a) to stdout', [], 'c1'),
      bind([], 'c1'),
      execute(1),
      bind([], 'c1'),
      execute(),
      sync(),
    );
    const messages = await client.untilReady();
    expect(messages.map(({ type }) => type).join('')).toBe('12HddddcC2HddddcCZ');
    expect(outline(messages)).toEqual(['COPY 4', 'COPY 4', 'ready I']);
  });

  it('writes no file of the server', async () => {
    expect(await copyOut(client, "copy ct to '/nowhere/x'")).toMatchObject({ sqlstate: '42501' });
    expect(await copyOut(client, "copy ct to program 'cat'")).toMatchObject({ sqlstate: '42501' });
  });

  it('sends large results in pieces, and stops when it fails in the middle', async () => {
    const all = await copyOut(
      client,
      'copy (select n, repeat(chr(97), 100) from generate_series(1, 30000) n) to stdout',
    );
    expect('data' in all ? all.data.split('\n').length : all).toBe(30_001);
    expect(
      await copyOut(client, 'copy (select 1 / (20000 - n) from generate_series(1, 30000) n) to stdout'),
    ).toMatchObject({
      sqlstate: '22012',
    });
    expect(await copyOut(client, 'copy (select 1) to stdout')).toMatchObject({ data: '1\n' });
  });
});
