import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { deltaRowCount, pathsIn, temporaryDirectory, useCommand } from './support/command.ts';

// What is too large, too many or badly named: a PostgreSQL error with its SQLSTATE, the connection lives, nothing is lost, nothing leaves the
// data directory.

useCommand();

type Failure = Readonly<Record<string, unknown>>;
const failureOf = (promise: Promise<unknown>): Promise<Failure> =>
  promise.then(
    () => ({ code: 'no error' }),
    (error: unknown) => error as Failure,
  );

describe('memory', () => {
  let server: TestServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startTestServer({ memoryBytes: 16 * 1024 * 1024 });
    client = await server.connect();
  });
  afterAll(() => server.close());

  it('a sort, an aggregate and a join that need more than there is: 53200, and the next statement runs', async () => {
    const wide = `repeat('x', 100) || g`;
    for (const sql of [
      `select ${wide} as w from generate_series(1, 1000000) g order by 1 offset 999999`,
      `select ${wide} as w, count(*) from generate_series(1, 1000000) g group by 1 limit 1`,
      `select count(*) from generate_series(1, 1000000) a join (select g, ${wide} as w from generate_series(1, 1000000) g) b on a = b.g`,
      `select length(string_agg(${wide}, ',')) from generate_series(1, 1000000) g`,
    ]) {
      expect(await failureOf(client.query(sql)), sql).toMatchObject({ code: '53200' });
      expect(await rowsOf(client, 'select 1')).toEqual([['1']]);
    }
    expect(await rowsOf(client, 'select count(*) from generate_series(1, 1000000) g')).toEqual([['1000000']]);
  });

  it('an INSERT that needs more: 53200, nothing of it is stored, others go on meanwhile', async () => {
    await client.query('create table big (n int8, w text)');
    await client.query(`insert into big values (0, 'small')`);
    const other = await server.connect();
    const huge = failureOf(
      client.query(`insert into big select g, repeat('x', 200) || g from generate_series(1, 1000000) g`),
    );
    for (let i = 1; i <= 5; i++) await other.query('insert into big values ($1, $2)', [-i, 'meanwhile']);
    expect(await huge).toMatchObject({ code: '53200' });
    expect(await rowsOf(client, `select n, w from big order by n desc`)).toEqual([
      ['0', 'small'],
      ...[1, 2, 3, 4, 5].map((i) => [String(-i), 'meanwhile']),
    ]);
    await client.query('begin');
    await client.query(`insert into big values (1, 'gone')`);
    expect(
      await failureOf(
        client.query(`insert into big select g, repeat('x', 200) || g from generate_series(1, 1000000) g`),
      ),
    ).toMatchObject({ code: '53200' });
    expect((await client.query('commit')).command).toBe('ROLLBACK');
    expect(await rowsOf(client, 'select count(*) from big')).toEqual([['6']]);
  });

  it('many inserts that together need more than there is are flushed, not refused', async () => {
    await client.query('create table stream (n int8, w text)');
    for (let i = 0; i < 20; i++)
      await client.query(`insert into stream select g, repeat('y', 996) || (1000 + g) from generate_series(1, 1000) g`);
    expect(await rowsOf(client, 'select count(*), sum(length(w)) from stream')).toEqual([['20000', '20000000']]);
  });
});

describe('numbers of things', () => {
  it('a connection too many: 53300; one that ends makes room', async () => {
    const server = await startTestServer({ limits: { connectionsMax: 3 } });
    const clients = [await server.connect(), await server.connect(), await server.connect()];
    expect(await failureOf(server.connect())).toMatchObject({ code: '53300', severity: 'FATAL' });
    expect(await rowsOf(clients[0]!, 'select 1')).toEqual([['1']]);
    await clients[1]?.end();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await rowsOf(await server.connect(), 'select 2')).toEqual([['2']]);
    await server.close();
  });
});

describe('sizes and names', () => {
  let server: TestServer;
  let client: pg.Client;
  const parent = temporaryDirectory();
  beforeAll(async () => {
    server = await startTestServer({ directory: join(parent, 'data') });
    client = await server.connect();
  });
  afterAll(() => server.close());

  it('a text of 20 MB, as a parameter and as a literal, buffered and in Delta', async () => {
    await client.query('create table long_texts (n int4, body text, raw bytea)');
    const body = 'ä'.repeat(10 * 1024 * 1024);
    await client.query('insert into long_texts values (1, $1, $2)', [body, Buffer.alloc(1024 * 1024, 7)]);
    await client.query(`insert into long_texts values (2, '${body}')`);
    await client.query('checkpoint');
    await client.query('insert into long_texts values (3, $1)', [body]);
    expect(
      await rowsOf(client, 'select n, octet_length(body), body = $1, octet_length(raw) from long_texts order by n', [
        body,
      ]),
    ).toEqual([
      ['1', '20971520', 't', '1048576'],
      ['2', '20971520', 't', null],
      ['3', '20971520', 't', null],
    ]);
    expect((await rowsOf(client, 'select body from long_texts where n = 1'))[0]?.[0] === body).toBe(true);
  });

  it('1,600 columns; one more is 54011', async () => {
    const columns = (count: number): string => Array.from({ length: count }, (_, i) => `c${i} int4`).join(', ');
    expect(await failureOf(client.query(`create table too_wide (${columns(1_601)})`))).toMatchObject({ code: '54011' });
    await client.query(`create table wide (${columns(1_600)})`);
    await client.query('insert into wide (c0, c1599) values (1, 2)');
    await client.query(`insert into wide values (${Array.from({ length: 1_600 }, (_, i) => i).join(', ')})`);
    await client.query('checkpoint');
    const [first, second] = await rowsOf(client, 'select * from wide order by c0 desc');
    expect(first).toEqual(['1', ...Array(1_598).fill(null), '2']);
    expect(second).toEqual(Array.from({ length: 1_600 }, (_, i) => String(i)));
  });

  it('odd names of tables, columns and partition values stay inside the data directory', async () => {
    const odd = [
      '../x',
      '..',
      '/etc/passwd',
      'a b',
      'Über',
      '😀',
      'say "hi"',
      `it's`,
      'a%2Fb',
      'a=b',
      'C:\\x',
      'select',
      'x'.repeat(63),
      'new\nline',
    ];
    const columnOf = (name: string): string => name.replace(/[ ,;{}()=\n\t]/g, '_');
    const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
    for (const name of odd) {
      // Delta has no such column names without column mapping; tables and values may have any.
      const isRefused = /[ ,;{}()=\n\t]/.test(name);
      const create = (column: string): string =>
        `create table ${quoted(name)} (${quoted(column)} text, n int4) partition by list (${quoted(column)})`;
      if (isRefused) expect(await failureOf(client.query(create(name))), name).toMatchObject({ code: '0A000' });
      await client.query(create(columnOf(name)));
      await client.query(`insert into ${quoted(name)} values ($1, 1), ('plain', 2), (null, 3)`, [name]);
    }
    await client.query('checkpoint');
    for (const name of odd) {
      const sql = `select ${quoted(columnOf(name))}, n from ${quoted(name)} order by n`;
      expect(await rowsOf(client, sql), name).toEqual([
        [name, '1'],
        ['plain', '2'],
        [null, '3'],
      ]);
      expect(
        await rowsOf(client, `select n from ${quoted(name)} where ${quoted(columnOf(name))} = $1`, [name]),
        name,
      ).toEqual([['1']]);
    }
    server = await server.restart();
    client = await server.connect();
    for (const name of odd)
      expect(
        await rowsOf(client, `select n from ${quoted(name)} where ${quoted(columnOf(name))} = $1`, [name]),
        name,
      ).toEqual([['1']]);
    expect(readdirSync(parent)).toEqual(['data']);
    expect(readdirSync(join(parent, 'data')).sort()).toEqual(['catalog', 'tables', 'wal']);
    for (const path of pathsIn(join(parent, 'data', 'tables'))) {
      expect(path).not.toMatch(/(^|\/)\.\.?(\/|$)/);
      if (basename(dirname(path)) !== '.') continue;
      expect(path).toMatch(/-[0-9a-f]{8}$/);
    }
  });

  it('a name longer than 63 bytes is cut, as PostgreSQL does', async () => {
    const own = await server.connect();
    const name = 'n'.repeat(70);
    await own.query(`create table ${name} (a int4)`);
    expect(await rowsOf(own, `select relname from pg_class where relname like 'nnnn%'`)).toEqual([['n'.repeat(63)]]);
    expect(await rowsOf(own, `select a from ${name}`)).toEqual([]);
  });

  it('what a partition directory cannot say is refused at the INSERT, with its column, and nothing is lost', async () => {
    await client.query('create table parted (k text, day date, n int4) partition by list (k, day)');
    await client.query(`insert into parted values ('a', '2024-01-01', 1)`);
    expect(
      await failureOf(client.query(`insert into parted values ('a', '2024-01-01', 2), ('', '2024-01-01', 3)`)),
    ).toMatchObject({
      code: '22023',
      message: expect.stringMatching(/empty string.*"k"|"k".*empty string/),
    });
    expect(await failureOf(client.query(`insert into parted values ('a', $1, 2)`, ['infinity']))).toMatchObject({
      code: '22008',
    });
    expect(await failureOf(client.query(`insert into parted values ('a', '4713-01-01 BC', 2)`))).toMatchObject({
      code: '22008',
    });
    await client.query(`insert into parted values (' ', null, 4)`);
    await client.query('checkpoint');
    expect(await rowsOf(client, 'select k, day, n from parted order by n')).toEqual([
      ['a', '2024-01-01', '1'],
      [' ', null, '4'],
    ]);
    expect(deltaRowCount(server.directory, 'parted')).toBe(2);
  });

  it('infinity, BC and the far ends of time outside of partitions are kept, buffered and in Delta', async () => {
    await client.query('create table times (n int4, d date, t timestamp, z timestamptz)');
    await client.query(
      `insert into times values (1, 'infinity', '-infinity', 'infinity'), (2, '0044-03-15 BC', '0044-03-15 12:00:00 BC', '0001-01-01 00:00:00+00 BC'), (3, '9999-12-31', '9999-12-31 23:59:59.999999', '9999-12-31 23:59:59.999999+00')`,
    );
    const before = await rowsOf(client, 'select * from times order by n');
    expect(before[0]).toEqual(['1', 'infinity', '-infinity', 'infinity']);
    expect(before[1]?.[1]).toBe('0044-03-15 BC');
    await client.query('checkpoint');
    expect(await rowsOf(client, 'select * from times order by n')).toEqual(before);
    expect(await rowsOf(client, `select n from times where t = '-infinity' or d = 'infinity'`)).toEqual([['1']]);
    expect(await failureOf(client.query(`insert into times (t) values ('300000-01-01')`))).toMatchObject({
      code: '22008',
    });
  });

  it('broken text is refused with its SQLSTATE, and the connection goes on', async () => {
    expect(await failureOf(client.query('select $1::text', [Buffer.from([0x61, 0])]))).toMatchObject({ code: '22021' });
    expect(await failureOf(client.query('select $1::text', [Buffer.from([0xff, 0xfe])]))).toMatchObject({
      code: '22021',
    });
    expect(await failureOf(client.query(`select ${'1 + ('.repeat(5_000)}1${')'.repeat(5_000)}`))).toMatchObject({
      code: '54001',
    });
    expect((await client.query('')).command).toBeNull();
    expect(await rowsOf(client, 'select 1')).toEqual([['1']]);
  });
});
