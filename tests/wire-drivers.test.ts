import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from './support/test-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  const client = await server.connect();
  await client.query('create table wire_rows (id int8 not null, name text, at timestamptz, tags text[], score float8)');
});
afterAll(() => server.close());

function failureOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => {
      throw new Error('no error');
    },
    (error: unknown) => error as Record<string, unknown>,
  );
}

describe('node-pg', () => {
  it('sends parameters of every kind and reads them back', async () => {
    const client = await server.connect();
    const values = ['9007199254740993', "it's ä😀", '2024-02-29 12:34:56.789012+00', ['a', 'b c', null], -0.1];
    const inserted = await client.query('insert into wire_rows values ($1, $2, $3, $4, $5)', values);
    expect([inserted.command, inserted.rowCount]).toEqual(['INSERT', 1]);
    await client.query(`set timezone = 'UTC'`);
    const rows = await rowsOf(client, 'select * from wire_rows where id = $1', ['9007199254740993']);
    expect(rows).toEqual([['9007199254740993', "it's ä😀", '2024-02-29 12:34:56.789012+00', '{a,"b c",NULL}', '-0.1']]);
  });

  it('reuses a named statement and reads binary results', async () => {
    const client = await server.connect();
    for (const n of [1, 2, 3]) {
      const query = { name: 'twice', text: 'select $1::int4 * 2 as twice', values: [n], binary: true };
      const result = await client.query<{ twice: Buffer }>(query);
      expect(result.fields.map((field) => [field.name, field.dataTypeID])).toEqual([['twice', 23]]);
      expect(result.rows).toHaveLength(1);
    }
  });

  it('inserts thousands of rows with one statement of 65,535 parameters', async () => {
    const client = await server.connect();
    await client.query('create table wire_wide (a int4, b text, c int8)');
    const rowCount = 65_535 / 3;
    const rows = Array.from({ length: rowCount }, (_, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`);
    const values = Array.from({ length: rowCount }, (_, i) => [i, `row ${i}`, i * 1_000_003]).flat();
    const result = await client.query(`insert into wire_wide values ${rows.join(', ')}`, values);
    expect(result.rowCount).toBe(rowCount);
    expect(await rowsOf(client, 'select count(*), sum(a), min(b), max(c) from wire_wide')).toEqual([
      ['21845', '238591090', 'row 0', String(21_844 * 1_000_003)],
    ]);
  });

  it('reads 100,000 rows', async () => {
    const client = await server.connect();
    const rows = await rowsOf(client, `select g, 'row ' || g from generate_series(1, 100000) g`);
    expect(rows).toHaveLength(100_000);
    expect(rows[99_999]).toEqual(['100000', 'row 100000']);
  });

  it('gets one result for each statement of a text', async () => {
    const client = await server.connect();
    const results = (await client.query(
      'select 1 as a; select 2 as b, 3 as c; set x.y = 1',
    )) as unknown as pg.QueryResult[];
    expect(results.map((result) => [result.command, result.rows])).toEqual([
      ['SELECT', [{ a: '1' }]],
      ['SELECT', [{ b: '2', c: '3' }]],
      ['SET', []],
    ]);
  });

  it('gets errors with SQLSTATE and position, and goes on', async () => {
    const client = await server.connect();
    expect(await failureOf(client.query('select 1; selec'))).toMatchObject({
      code: '42601',
      position: '11',
      severity: 'ERROR',
    });
    expect(await failureOf(client.query('select $1::int4', ['x']))).toMatchObject({ code: '22P02' });
    expect(await failureOf(client.query("select 'ä', nope from wire_rows"))).toMatchObject({
      code: '42703',
      position: '13',
    });
    await client.query('begin');
    expect(await failureOf(client.query('select nope'))).toMatchObject({ code: '42703' });
    expect(await failureOf(client.query('select 1'))).toMatchObject({ code: '25P02' });
    expect((await client.query('commit')).command).toBe('ROLLBACK');
    expect(await rowsOf(client, 'select 1')).toEqual([['1']]);
  });

  it('hears notices and settings that change', async () => {
    const client = await server.connect();
    const notices: (string | undefined)[] = [];
    const settings: unknown[] = [];
    client.on('notice', (notice) => notices.push(notice.code));
    (client as unknown as { connection: NodeJS.EventEmitter }).connection.on('parameterStatus', (report) =>
      settings.push([report.parameterName, report.parameterValue]),
    );
    await client.query('commit');
    await client.query(`set application_name = 'wire'`);
    expect(notices).toEqual(['25P01']);
    expect(settings).toEqual([['application_name', 'wire']]);
  });

  it('keeps sixty sessions apart', async () => {
    const clients = await Promise.all(Array.from({ length: 60 }, () => server.connect()));
    await Promise.all(clients.map((client, i) => client.query(`set application_name = 'session ${i}'`)));
    const names = await Promise.all(
      clients.map(async (client) => (await rowsOf(client, 'show application_name'))[0]![0]),
    );
    expect(names).toEqual(clients.map((_, i) => `session ${i}`));
    await Promise.all(clients.map((client) => client.end()));
  });
});

describe('postgres.js', () => {
  let sql: postgres.Sql;
  const open = (options: postgres.Options<Record<string, never>> = {}): postgres.Sql =>
    postgres({
      host: '127.0.0.1',
      port: server.port,
      user: 'anyone',
      database: 'anyone',
      max: 1,
      onnotice: () => {},
      ...options,
    });
  beforeAll(() => {
    sql = open();
  });
  afterAll(() => sql.end());

  it('describes, binds and reads typed values', async () => {
    const rows =
      await sql`select ${7}::int4 as i, ${'ä'}::text as t, ${true}::bool as b, ${null}::text as n, ${[1, 2]}::int4[] as a`;
    expect([...rows]).toEqual([{ i: 7, t: 'ä', b: true, n: null, a: [1, 2] }]);
  });

  it('pipelines queries on one connection, and answers them in order', async () => {
    const results = await Promise.all(Array.from({ length: 100 }, (_, i) => sql`select ${i}::int4 as i`));
    expect(results.map((rows) => rows[0]!['i'])).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('reads with a cursor, portal by portal', async () => {
    const sizes: number[] = [];
    const seen: number[] = [];
    await sql`select g from generate_series(1, 25) g`.cursor(10, (rows) => {
      sizes.push(rows.length);
      for (const row of rows) seen.push(row['g'] as number);
    });
    expect(sizes).toEqual([10, 10, 5]);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => i + 1));
  });

  it('stops a cursor early and uses the connection again', async () => {
    for await (const rows of sql`select g from generate_series(1, 1000000) g`.cursor(5)) {
      expect(rows.map((row) => row['g'])).toEqual([1, 2, 3, 4, 5]);
      break;
    }
    expect((await sql`select 1 as one`)[0]).toEqual({ one: 1 });
  });

  it('rolls back a transaction that throws, and commits one that does not', async () => {
    await sql`create table wire_tx (a int4)`;
    await sql.begin(async (tx) => {
      await tx`insert into wire_tx values (1)`;
      expect([...(await tx`select a from wire_tx`)]).toEqual([{ a: 1 }]);
    });
    const failed = await failureOf(
      sql.begin(async (tx) => {
        await tx`insert into wire_tx values (2)`;
        await tx`select 1 / 0`;
      }),
    );
    expect(failed).toMatchObject({ code: '22012' });
    expect([...(await sql`select a from wire_tx`)]).toEqual([{ a: 1 }]);
  });

  it('cancels a running query, and the connection survives', async () => {
    const query = sql`select count(*) from generate_series(1, 2000000000) g`;
    const outcome = failureOf(query.execute());
    await new Promise((resolve) => setTimeout(resolve, 200));
    query.cancel();
    expect(await outcome).toMatchObject({ code: '57014' });
    expect((await sql`select 2 as two`)[0]).toEqual({ two: 2 });
  });
});

it('a server that closes says 57P01 to its clients', async () => {
  const other = await startTestServer();
  const client = new pg.Client({ host: '127.0.0.1', port: other.port, user: 'anyone' });
  await client.connect();
  const heard: unknown[] = [];
  client.on('error', (error) => heard.push(error));
  const ended = new Promise((resolve) => client.once('end', resolve));
  await other.close();
  await ended;
  expect(heard[0]).toMatchObject({ code: '57P01' });
});
