import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { connectTo, startCommand, temporaryDirectory, useCommand } from './support/command.ts';
import { outline, query, RawClient, run, sync } from './support/raw-client.ts';

// Transactions as a client of PostgreSQL knows them, over one connection, over several, and on disk.

let server: TestServer;
let a: pg.Client;
let b: pg.Client;
let raw: RawClient;
useCommand();
beforeAll(async () => {
  server = await startTestServer();
  [a, b] = [await server.connect(), await server.connect()];
  raw = await RawClient.open(server.port);
});
afterAll(async () => {
  raw.close();
  await server.close();
});

beforeEach(async () => {
  // A test that failed inside a block fails alone.
  await a.query('rollback');
  await b.query('rollback');
});

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  return promise.then(
    () => 'no error',
    (error: pg.DatabaseError) => error.code,
  );
}
const ask = async (...messages: Buffer[]): Promise<readonly string[]> => {
  raw.send(...messages);
  return outline(await raw.untilReady());
};
const tableDirectories = (directory: string): readonly string[] =>
  existsSync(join(directory, 'tables')) ? readdirSync(join(directory, 'tables')) : [];

describe('one session', () => {
  it('sees its own rows and tables, others see them after COMMIT', async () => {
    await a.query('begin');
    await a.query('create table own (n int4)');
    await a.query('insert into own values (1)');
    expect(await rowsOf(a, 'select n from own')).toEqual([['1']]);
    expect(await codeOf(b.query('select n from own'))).toBe('42P01');
    expect((await a.query('commit')).command).toBe('COMMIT');
    expect(await rowsOf(b, 'select n from own')).toEqual([['1']]);

    await a.query('begin');
    await a.query('insert into own select n + 1 from own');
    expect(await rowsOf(a, 'select n from own order by n')).toEqual([['1'], ['2']]);
    expect(await rowsOf(b, 'select n from own')).toEqual([['1']]);
    expect((await a.query('rollback')).command).toBe('ROLLBACK');
    expect(await rowsOf(a, 'select n from own')).toEqual([['1']]);
  });

  it('is failed after an error: 25P02 until the end, and COMMIT says ROLLBACK', async () => {
    await a.query('create table failed (n int4)');
    await a.query('begin');
    await a.query('insert into failed values (1)');
    expect(await codeOf(a.query('select 1 / 0'))).toBe('22012');
    expect(await codeOf(a.query('select 1'))).toBe('25P02');
    expect(await codeOf(a.query('insert into failed values (2)'))).toBe('25P02');
    expect((await a.query('commit')).command).toBe('ROLLBACK');
    expect(await rowsOf(a, 'select n from failed')).toEqual([]);
  });

  it('leaves nothing of CREATE, INSERT, ROLLBACK, not on disk either', async () => {
    const before = tableDirectories(server.directory);
    await a.query('begin');
    await a.query('create table gone (n int4)');
    await a.query('insert into gone select g from generate_series(1, 1000) g');
    await a.query('rollback');
    await a.query('checkpoint');
    expect(await codeOf(a.query('select n from gone'))).toBe('42P01');
    expect(tableDirectories(server.directory).filter((name) => name.startsWith('gone'))).toEqual([]);
    expect(tableDirectories(server.directory).length).toBeGreaterThanOrEqual(before.length);
  });

  it('refuses other isolation levels by name, and writes in READ ONLY', async () => {
    for (const level of ['serializable', 'repeatable read']) {
      const refused = await a.query(`begin isolation level ${level}`).catch((error: pg.DatabaseError) => error);
      expect(refused).toMatchObject({ code: '0A000', message: expect.stringMatching(new RegExp(level, 'i')) });
      expect(await codeOf(a.query(`set transaction isolation level ${level}`))).toBe('0A000');
    }
    await a.query('rollback').catch(() => undefined);
    await a.query('begin isolation level read committed');
    await a.query('commit');
    await a.query('create table read_only (n int4)');
    for (const sql of ['insert into read_only values (1)', 'create table no (n int4)', 'drop table read_only']) {
      await a.query('begin read only');
      expect(await rowsOf(a, 'select n from read_only')).toEqual([]);
      expect(await codeOf(a.query(sql)), sql).toBe('25006');
      await a.query('rollback');
    }
  });

  it('rolls settings back with the transaction; SET LOCAL ends with it', async () => {
    const zone = async (): Promise<unknown> => (await rowsOf(a, 'show timezone'))[0]?.[0];
    await a.query(`set timezone = 'UTC'`);
    await a.query('begin');
    await a.query(`set timezone = 'Europe/Berlin'`);
    expect(await zone()).toBe('Europe/Berlin');
    await a.query('rollback');
    expect(await zone()).toBe('UTC');
    await a.query('begin');
    await a.query(`set local timezone = 'Asia/Tokyo'`);
    expect(await zone()).toBe('Asia/Tokyo');
    await a.query('commit');
    expect(await zone()).toBe('UTC');
    await a.query('begin');
    await a.query(`set timezone = 'Asia/Tokyo'`);
    await a.query('commit');
    expect(await zone()).toBe('Asia/Tokyo');
    await a.query('reset timezone');
  });
});

describe('several statements', () => {
  it('of one Query are one transaction', async () => {
    expect(await ask(query('create table multi (n int4)'))).toEqual(['CREATE TABLE', 'ready I']);
    expect(await ask(query('insert into multi values (1); insert into multi values (2); select 1 / 0'))).toEqual([
      'INSERT 0 1',
      'INSERT 0 1',
      'ERROR 22012',
      'ready I',
    ]);
    expect(await ask(query('select n from multi'))).toEqual(['SELECT 0', 'ready I']);
    expect(await ask(query('insert into multi values (1); select n from multi'))).toEqual([
      'INSERT 0 1',
      '1',
      'SELECT 1',
      'ready I',
    ]);
    const mixed =
      'insert into multi values (2); begin; insert into multi values (3); rollback; insert into multi values (4)';
    expect((await ask(query(mixed))).at(-1)).toBe('ready I');
    expect(await ask(query('select n from multi order by n'))).toEqual(['1', '4', 'SELECT 2', 'ready I']);
  });

  it('between two Syncs are one transaction: all or nothing, and the rest is skipped', async () => {
    await ask(query('create table piped (n int4); create table piped_too (n int4)'));
    expect(
      await ask(
        run('insert into piped values (1)'),
        run('insert into piped_too values ($1::int4)', ['1']),
        run('select 1 / 0'),
        run('insert into piped values (2)'),
        sync(),
      ),
    ).toEqual(['INSERT 0 1', 'INSERT 0 1', 'ERROR 22012', 'ready I']);
    expect(await ask(query('select n from piped union all select n from piped_too'))).toEqual(['SELECT 0', 'ready I']);

    raw.send(run('insert into piped values (1)'), run('select n from piped'), sync());
    raw.send(run('select n / 0 from piped'), run('insert into piped values (2)'), sync());
    raw.send(run('insert into piped values (3)'), sync());
    expect(outline(await raw.untilReady(3))).toEqual([
      ...['INSERT 0 1', '1', 'SELECT 1', 'ready I'],
      ...['ERROR 22012', 'ready I'],
      ...['INSERT 0 1', 'ready I'],
    ]);
    expect(await rowsOf(b, 'select n from piped order by n')).toEqual([['1'], ['3']]);
  });

  it('of a block keep the block open over Syncs and Queries', async () => {
    expect(await ask(run('begin'), sync())).toEqual(['BEGIN', 'ready T']);
    expect(await ask(run('insert into piped values (5)'), sync())).toEqual(['INSERT 0 1', 'ready T']);
    expect(await ask(query('select 1 / 0'))).toEqual(['ERROR 22012', 'ready E']);
    expect(await ask(run('insert into piped values (6)'), sync())).toEqual(['ERROR 25P02', 'ready E']);
    expect(await ask(query('commit'))).toEqual(['ROLLBACK', 'ready I']);
    expect(await rowsOf(b, 'select n from piped where n > 4')).toEqual([]);
  });
});

describe('two sessions', () => {
  it('READ COMMITTED: each statement sees what is committed when it starts', async () => {
    await a.query('create table seen (n int4)');
    await a.query('begin');
    expect(await rowsOf(a, 'select n from seen')).toEqual([]);
    await b.query('insert into seen values (1)');
    expect(await rowsOf(a, 'select n from seen')).toEqual([['1']]);
    await a.query('insert into seen values (2)');
    await b.query('checkpoint');
    expect(await rowsOf(a, 'select n from seen order by n')).toEqual([['1'], ['2']]);
    expect(await rowsOf(b, 'select n from seen')).toEqual([['1']]);
    await a.query('commit');
    expect(await rowsOf(b, 'select n from seen order by n')).toEqual([['1'], ['2']]);
  });

  it('two CREATE TABLE of one name: one is there, the other hears 42P07', async () => {
    await a.query('begin');
    await a.query('create table twins (n int4)');
    await a.query(`insert into twins values (1)`);
    const other = b.query('create table twins (s text)');
    const outcomes = [await codeOf(a.query('commit')), await codeOf(other)].sort();
    expect(outcomes).toEqual(['42P07', 'no error']);
    await b.query('drop table twins');
    const racing = await Promise.all([
      codeOf(a.query('create table race (n int4)')),
      codeOf(b.query('create table race (n int4)')),
    ]);
    expect(racing.sort()).toEqual(['42P07', 'no error']);
  });

  it('a DROP meets a transaction that wrote: a clear error, and nothing half done', async () => {
    await a.query('create table dropped (n int4); create table kept (n int4)');
    await a.query('begin');
    await a.query('insert into kept values (1)');
    await a.query('insert into dropped values (1)');
    const drop = await codeOf(b.query('drop table dropped'));
    const commit = await codeOf(a.query('commit'));
    // Whichever of them loses says so; both cannot win.
    expect([drop, commit].filter((code) => code === 'no error')).toHaveLength(1);
    expect(['55006', '40001', '42P01', '55P03']).toContain([drop, commit].find((code) => code !== 'no error'));
    const kept = await rowsOf(b, 'select n from kept');
    expect(kept).toEqual(commit === 'no error' ? [['1']] : []);
    expect(await codeOf(b.query('select n from dropped'))).toBe(drop === 'no error' ? '42P01' : 'no error');
    await a.query('rollback');
    await a.query('insert into kept values (2)');
    expect((await rowsOf(b, 'select n from kept where n = 2')).length).toBe(1);
  });

  it('counts never go down and never double while writers, readers and flushes run', async () => {
    await a.query('create table busy (n int8, writer int4) partition by list (writer)');
    const writers = [1, 2];
    let acknowledged = 0;
    let isWriting = true;
    let samples = 0;
    const write = async (writer: number): Promise<void> => {
      const client = await server.connect();
      for (let i = 0; i < 120; i++) {
        if (i % 5 === 4) {
          await client.query('begin');
          for (let j = 0; j < 3; j++) await client.query('insert into busy values ($1, $2)', [i * 10 + j, writer]);
          await client.query(i % 2 === 0 ? 'commit' : 'rollback');
          if (i % 2 === 0) acknowledged += 3;
        } else {
          await client.query('insert into busy values ($1, $3), ($2, $3)', [i * 10, i * 10 + 1, writer]);
          acknowledged += 2;
        }
      }
    };
    const read = async (): Promise<void> => {
      const client = await server.connect();
      let last = 0;
      while (isWriting) {
        const floor = acknowledged;
        const [[count, distinct] = []] = await rowsOf(
          client,
          'select count(*), count(distinct (n * 10 + writer)) from busy',
        );
        expect(Number(count)).toBeGreaterThanOrEqual(Math.max(last, floor));
        expect(distinct).toBe(count);
        last = Number(count);
        samples++;
      }
    };
    const flush = async (): Promise<void> => {
      const client = await server.connect();
      while (isWriting) await client.query('checkpoint');
    };
    const others = [read(), read(), flush()];
    await Promise.all(writers.map(write)).finally(() => {
      isWriting = false;
    });
    await Promise.all(others);
    expect(samples).toBeGreaterThan(5);
    expect(await rowsOf(a, 'select count(*) from busy')).toEqual([[String(acknowledged)]]);
  });
});

describe('what ends a statement from outside', () => {
  it('statement_timeout: 57014, the session and its block live on', async () => {
    await a.query('set statement_timeout = 100');
    expect(await codeOf(a.query('select count(*) from generate_series(1, 2000000000) g'))).toBe('57014');
    await a.query('reset statement_timeout');
    expect(await rowsOf(a, 'select 1')).toEqual([['1']]);
    await a.query('begin');
    await a.query(`set local statement_timeout = '100ms'`);
    expect(await codeOf(a.query('select count(*) from generate_series(1, 2000000000) g'))).toBe('57014');
    expect(await codeOf(a.query('select 1'))).toBe('25P02');
    await a.query('rollback');
    expect(await rowsOf(a, 'show statement_timeout')).toEqual([['0']]);
  });

  it('CancelRequest: 57014, and the next statement runs', async () => {
    const { processID, secretKey } = a as unknown as { processID: number; secretKey: number };
    const running = codeOf(a.query('select count(*) from generate_series(1, 2000000000) g'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const canceller = new pg.Client({ host: '127.0.0.1', port: server.port }) as unknown as {
      connection: {
        connect(port: number, host: string): void;
        cancel(pid: number, key: number): void;
        once: NodeJS.EventEmitter['once'];
      };
    };
    canceller.connection.once('connect', () => canceller.connection.cancel(processID, secretKey));
    canceller.connection.connect(server.port, '127.0.0.1');
    expect(await running).toBe('57014');
    expect(await rowsOf(a, 'select 2')).toEqual([['2']]);
  });
});

describe('on disk', () => {
  it('DROP TABLE removes the directory; the name can be used again, for a new table', async () => {
    const named = (): readonly string[] =>
      tableDirectories(server.directory).filter((name) => name.startsWith('again-'));
    await a.query('create table again (n int4)');
    await a.query('insert into again values (1)');
    await a.query('checkpoint');
    const [first] = named();
    const [[firstOid] = []] = await rowsOf(a, `select 'again'::regclass::oid`);
    expect(first).toBeDefined();
    await a.query('drop table again');
    await a.query('create table again (s text)');
    await a.query(`insert into again values ('new')`);
    await a.query('checkpoint');
    expect(await rowsOf(a, 'select * from again')).toEqual([['new']]);
    const [[secondOid] = []] = await rowsOf(a, `select 'again'::regclass::oid`);
    expect(secondOid).not.toBe(firstOid);
    await vi.waitFor(() => expect(named()).toHaveLength(1), { timeout: 5_000 });
    expect(named()).not.toContain(first);
  });

  it('a commit over two tables is there wholly or not at all after kill -9', async () => {
    const directory = temporaryDirectory();
    const args = ['--data', directory, '--listen', '127.0.0.1:0'];
    const first = startCommand(args);
    const port = await first.ready;
    const client = await connectTo(port);
    await client.query('create table x (n int4); create table y (n int4)');
    let acknowledged = 0;
    const writing = (async () => {
      for (let n = 1; ; n++) {
        await client.query('begin');
        await client.query('insert into x values ($1)', [n]);
        await client.query('insert into y values ($1)', [n]);
        await client.query('commit');
        acknowledged = n;
        if (n === 20) void (await connectTo(port)).query('checkpoint').catch(() => undefined);
        if (n === 40) setTimeout(() => first.kill('SIGKILL'), 3);
      }
    })().catch(() => undefined);
    await first.ended;
    await writing;
    const second = startCommand(args);
    const again = await connectTo(await second.ready);
    const x = (await rowsOf(again, 'select n from x order by n')).map(([n]) => Number(n));
    expect(await rowsOf(again, 'select n from y order by n')).toEqual(x.map((n) => [String(n)]));
    expect(x).toEqual(x.map((_, i) => i + 1));
    expect(acknowledged).toBeGreaterThanOrEqual(40);
    expect([acknowledged, acknowledged + 1]).toContain(x.length);
    second.kill('SIGKILL');
    await second.ended;
  });
});
