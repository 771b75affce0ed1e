import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type IngestHook } from '@millrace/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyData, copyDone } from '../sql/copy-in.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { HAS_PSQL, psql, psqlSuite } from './support/psql.ts';
import { fieldsOf, outline, query, RawClient } from './support/raw-client.ts';

/** Refuses a number, so that a test sees that it was asked; sees batches, so that it can say how large they were. */
const batchSizes: number[] = [];
const noThirteen: IngestHook = {
  name: 'no-thirteen',
  before(batch, table) {
    if (table.name === 'hooked') {
      batchSizes.push(batch.rowCount);
      const [numbers] = batch.vectors;
      if (numbers?.kind === 'fixed' && numbers.values.includes(13 as never)) {
        throw failure('checkViolation', { table: table.name, constraint: 'no-thirteen' });
      }
    }
    return batch;
  },
};

let server: TestServer;
let client: RawClient;
const ask = async (...sent: readonly Buffer[]): Promise<readonly string[]> => {
  client.send(...sent);
  return outline(await client.untilReady());
};
const run = (sql: string): Promise<readonly string[]> => ask(query(sql));
const copy = (sql: string, ...data: readonly string[]): Promise<readonly string[]> =>
  ask(query(sql), ...data.map(copyData), copyDone());

const MEMORY_BYTES = 48 * 1024 * 1024;
beforeAll(async () => {
  server = await startTestServer({
    memoryBytes: MEMORY_BYTES,
    configure: (builder) => builder.use({ name: 'test', hooks: [noThirteen] }),
  });
  client = await RawClient.open(server.port);
});
afterAll(async () => {
  client.close();
  await server.close();
});

describe('COPY ... FROM STDIN and transactions', () => {
  it('its rows are the transaction’s own, are gone after ROLLBACK and stored after COMMIT', async () => {
    await run('create table own (n int)');
    await run('begin');
    expect(await copy('copy own from stdin', '1\n2\n')).toEqual(['COPY 2', 'ready T']);
    expect(await run('select sum(n) from own')).toEqual(['3', 'SELECT 1', 'ready T']);
    await run('rollback');
    expect(await run('select count(*) from own')).toEqual(['0', 'SELECT 1', 'ready I']);
    expect(await copy('copy own from stdin', '4\n')).toEqual(['COPY 1', 'ready I']);
    await run('checkpoint');
    expect(await run('select n from own')).toEqual(['4', 'SELECT 1', 'ready I']);
  });

  it('a bad row at the end leaves nothing of what came before', async () => {
    await run('create table whole (n int)');
    const lines = Array.from({ length: 5000 }, (_, i) => `${i}\n`).join('');
    expect(await copy('copy whole from stdin', `${lines}x\n`)).toEqual(['ERROR 22P02', 'ready I']);
    expect(await run('select count(*) from whole')).toEqual(['0', 'SELECT 1', 'ready I']);
  });

  it('a client that goes in the middle leaves nothing', async () => {
    await run('create table left_open (n int)');
    const gone = await RawClient.open(server.port);
    gone.send(query('copy left_open from stdin'), copyData('1\n2\n'));
    expect((await gone.next())?.type).toBe('G');
    gone.close();
    expect(await run('select count(*) from left_open')).toEqual(['0', 'SELECT 1', 'ready I']);
    expect(await copy('copy left_open from stdin', '3\n')).toEqual(['COPY 1', 'ready I']);
    expect(await run('select n from left_open')).toEqual(['3', 'SELECT 1', 'ready I']);
  });

  it('is canceled, and timed out, while it waits for data', async () => {
    await run('create table waiting (n int)');
    client.send(query('copy waiting from stdin'), copyData('1\n'));
    expect((await client.next())?.type).toBe('G');
    await client.cancel(server.port);
    expect(outline(await client.untilReady())).toEqual(['ERROR 57014', 'ready I']);
    client.send(copyData('2\n'), copyDone());
    await run("set statement_timeout = '50ms'");
    client.send(query('copy waiting from stdin'), copyData('1\n'));
    expect(outline(await client.untilReady())).toEqual(['ERROR 57014', 'ready I']);
    client.send(copyData('2\n'), copyDone());
    await run('reset statement_timeout');
    expect(await run('select count(*) from waiting')).toEqual(['0', 'SELECT 1', 'ready I']);
  });
});

describe('COPY ... FROM STDIN and the write funnel', () => {
  it('runs hooks, defaults and generated columns, in batches', async () => {
    await run(`create table hooked (n int, twice int generated always as (n * 2) stored, kind text default 'd')`);
    batchSizes.length = 0;
    const lines = Array.from({ length: 3000 }, (_, i) => `${i + 100}\n`).join('');
    expect(await copy('copy hooked (n) from stdin', lines)).toEqual(['COPY 3000', 'ready I']);
    expect(batchSizes).toEqual([1024, 1024, 952]);
    expect(await run('select sum(twice), min(kind), max(kind) from hooked')).toEqual([
      '9597000|d|d',
      'SELECT 1',
      'ready I',
    ]);
    client.send(query('copy hooked (n) from stdin'), copyData('1\n2\n13\n14\n'), copyDone());
    const [error] = (await client.untilReady()).filter(({ type }) => type === 'E');
    expect(fieldsOf(error!)).toMatchObject({ C: '23514', W: 'COPY hooked, line 3: "13"' });
    expect(await run('select count(*) from hooked')).toEqual(['3000', 'SELECT 1', 'ready I']);
  });

  it('names the line of a row that only the plan can judge', async () => {
    await run('create table ratios (n int, inverse int generated always as (100 / n) stored not null)');
    client.send(query('copy ratios from stdin'), copyData('1\n2\n0\n4\n'), copyDone());
    const [error] = (await client.untilReady()).filter(({ type }) => type === 'E');
    expect(fieldsOf(error!)).toMatchObject({ C: '22012', W: 'COPY ratios, line 3: "0"' });
  });

  it('leaves out bad rows where it is told to, and says how many', async () => {
    await run('create table partly (n int, at date)');
    client.send(query('copy partly from stdin (on_error ignore)'));
    client.send(copyData('1\t2024-01-01\nx\t2024-01-01\n2\tnever\n3\t\\N\n'), copyDone());
    const messages = await client.untilReady();
    const [notice] = messages.filter(({ type }) => type === 'N');
    expect(fieldsOf(notice!)).toMatchObject({
      S: 'NOTICE',
      M: '2 rows were skipped due to data type incompatibility',
    });
    expect(outline(messages)).toEqual(['COPY 2', 'ready I']);
    expect(await run('select n, at from partly order by n')).toEqual(['1|2024-01-01', '3|NULL', 'SELECT 2', 'ready I']);
    expect(await copy('copy partly from stdin (on_error ignore)', '1\n')).toEqual(['ERROR 22P04', 'ready I']);
    expect(await copy('copy partly from stdin (on_error maybe)')).toEqual(['ERROR 22023', 'ready I']);
    expect(await copy('copy partly from stdin (on_error ignore, format binary)')).toEqual(['ERROR 42601', 'ready I']);
    expect(await run('copy partly to stdout (on_error ignore)')).toEqual(['ERROR 42601', 'ready I']);
    const shown = await run('show millrace.metrics');
    expect(shown).toContain('copy_rows_skipped|2');
  });

  it('FREEZE takes a table that the transaction made', async () => {
    await run('begin');
    await run('create table iced (n int)');
    expect(await copy('copy iced from stdin (freeze)', '1\n')).toEqual(['COPY 1', 'ready T']);
    await run('commit');
    expect(await copy('copy iced from stdin (freeze)', '1\n')).toEqual(['ERROR 55000', 'ready I']);
  });

  it('reads no file of the server, and no system table is written', async () => {
    expect(await run("copy partly from '/etc/hostname'")).toEqual(['ERROR 42501', 'ready I']);
    expect(await run("copy partly from program 'cat'")).toEqual(['ERROR 42501', 'ready I']);
    expect(await run('copy pg_class from stdin')).toEqual(['ERROR 42809', 'ready I']);
    expect(await run('copy partly from stdin where n > 1')).toEqual(['ERROR 0A000', 'ready I']);
  });
});

describe('COPY ... FROM STDIN and memory', () => {
  it('more than the budget holds is refused, leaves nothing, and disturbs nobody', async () => {
    await run('create table large (n int, t text)');
    const other = await RawClient.open(server.port);
    const piece = copyData(`1\t${'x'.repeat(1000)}\n`.repeat(1000));
    client.send(query('copy large from stdin'));
    for (let i = 0; i < 60; i++) client.send(piece);
    other.send(query('select 1'));
    expect(outline(await other.untilReady())).toEqual(['1', 'SELECT 1', 'ready I']);
    client.send(copyDone());
    expect(outline(await client.untilReady())).toEqual(['ERROR 53200', 'ready I']);
    expect(await run('select count(*) from large')).toEqual(['0', 'SELECT 1', 'ready I']);
    other.close();
  });

  it('a row without an end is refused before it fills the memory', async () => {
    client.send(query('copy large from stdin'));
    const piece = copyData('x'.repeat(1024 * 1024));
    for (let i = 0; i < 64; i++) client.send(piece);
    client.send(copyDone());
    expect(outline(await client.untilReady())).toEqual(['ERROR 53200', 'ready I']);
    expect(await copy('copy large from stdin', '1\tx\n')).toEqual(['COPY 1', 'ready I']);
  });
});

describe.skipIf(!HAS_PSQL)(psqlSuite('psql’s \\copy'), () => {
  it('writes and reads files of the client in each format', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-copy-'));
    const file = join(directory, 'rows');
    try {
      await run('create table trip (n int, t text, f float8)');
      writeFileSync(file, '1,"a,b",1.5\r\n2,,\r\n3,"line\r\nbreak","-0"\r\n');
      const script = [
        `\\copy trip from '${file}' csv`,
        `\\copy trip to '${file}' (format binary)`,
        `\\copy trip from '${file}' (format binary)`,
        `\\copy (select * from trip order by n, t) to '${file}'`,
        `\\copy trip from '${file}'`,
        'select count(*), sum(n) from trip;',
        'copy trip (n) from stdin;',
        '7',
        '8',
        '\\.',
        'select max(n) from trip;',
      ];
      const { stdout, stderr } = await psql(server.port, `${script.join('\n')}\n`, ['-At']);
      expect(stderr).toBe('');
      expect(stdout).toBe('COPY 3\nCOPY 3\nCOPY 3\nCOPY 6\nCOPY 6\n12|24\nCOPY 2\n8\n');
      expect(readFileSync(file, 'utf8')).toContain('3\tline\\r\\nbreak\t-0\n');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
