import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTenantServer } from './server.ts';

const directory = mkdtempSync(join(tmpdir(), 'millrace-example-'));
let server: Awaited<ReturnType<typeof startTenantServer>>;
const clients: pg.Client[] = [];
let acme: pg.Client;
let globex: pg.Client;

async function connect(user: string): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port: server.address.port, user, database: 'postgres' });
  await client.connect();
  clients.push(client);
  return client;
}

beforeAll(async () => {
  server = await startTenantServer(directory, 0);
  [acme, globex] = [await connect('acme'), await connect('globex')];
  await acme.query('create table events (tenant text not null, n int)');
  await acme.query('create table notes (tenant text, note text)');
  await acme.query('create table shared (n int)');
  await acme.query("insert into events values ('acme', 1), ('acme', 2)");
  await globex.query("insert into events values ('globex', 7)");
  await acme.query('checkpoint');
  await acme.query("insert into events values ('acme', 3)");
  await globex.query("insert into events values ('globex', 8)");
  await globex.query("insert into notes values ('globex', 'secret')");
});
afterAll(async () => {
  for (const client of clients) await client.end();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const rowsOf = async (client: pg.Client, sql: string | pg.QueryConfig): Promise<unknown[]> => {
  const { rows } = await client.query<unknown[]>({
    ...(typeof sql === 'string' ? { text: sql } : sql),
    rowMode: 'array',
  });
  return rows;
};
const codeOf = (promise: Promise<unknown>): Promise<string | undefined> =>
  promise.then(
    () => 'no error',
    (error: pg.DatabaseError) => error.code,
  );

/** A COPY ... FROM STDIN of a text that is at hand. */
class Copy extends pg.Query {
  readonly #data: string;

  constructor(sql: string, data: string) {
    super(sql);
    this.#data = data;
  }

  handleCopyInResponse(connection: { sendCopyFromChunk(chunk: Buffer): void; endCopyFrom(): void }): void {
    connection.sendCopyFromChunk(Buffer.from(this.#data));
    connection.endCopyFrom();
  }
}

const copyIn = (client: pg.Client, sql: string, data: string): Promise<string | undefined> =>
  codeOf(
    new Promise((resolve, reject) => {
      client.query(new Copy(sql, data)).on('end', resolve).on('error', reject);
    }),
  );

/** Every way to read: each gives the sum of the tenant's own numbers, or counts its rows. */
const READS: readonly (readonly [sql: string, acme: unknown[][], globex: unknown[][]])[] = [
  ['select sum(n)::int from events', [[6]], [[15]]],
  ["select count(*)::int from events where tenant = 'globex' or true", [[3]], [[2]]],
  ['select count(*)::int from events where not (tenant = current_user)', [[0]], [[0]]],
  ['with e as (select * from events) select sum(n)::int from e', [[6]], [[15]]],
  ['with e as materialized (select * from events) select sum(n)::int from e', [[6]], [[15]]],
  ['select (select sum(n)::int from events)', [[6]], [[15]]],
  ['select 1 where exists (select from events where n = 7)', [], [[1]]],
  ['select 1 where 7 in (select n from events)', [], [[1]]],
  ['select 1 where 7 not in (select n from events)', [[1]], []],
  ['select max(s) from (select 1) one, lateral (select n as s from events) two', [[3]], [[8]]],
  ['select count(*)::int from events a join events b on a.n < b.n', [[3]], [[1]]],
  ['select count(*)::int from (values (7)) v(n) left join events e using (n) where e.tenant is null', [[1]], [[0]]],
  ['select array(select n from events order by n)', [[[1, 2, 3]]], [[[7, 8]]]],
  ['select n from events union select n from events union all select 0 where false order by n limit 1', [[1]], [[7]]],
  ['select distinct tenant from events', [['acme']], [['globex']]],
  ['select n from events order by n desc limit 1', [[3]], [[8]]],
  ['select row_number() over (order by n)::int from events order by 1 desc limit 1', [[3]], [[2]]],
  ['select count(*)::int from events group by tenant having count(*) > 0', [[3]], [[2]]],
  ['select note from notes', [], [['secret']]],
  // Another tenant's rows do not even make an expression fail.
  ['select sum(1 / (n - 8))::int from events where n < 8 or n >= 8', [[0]], []],
];

describe('the tenant policy', () => {
  it.each(READS)('%s', async (sql, ofAcme, ofGlobex) => {
    if (sql.includes('n - 8')) expect(await codeOf(globex.query(sql))).toBe('22012');
    else expect(await rowsOf(globex, sql)).toEqual(ofGlobex);
    expect(await rowsOf(acme, sql)).toEqual(ofAcme);
  });

  it.each(READS)('with every rule switched off: %s', async (sql, ofAcme) => {
    await acme.query("set millrace.disabled_rules = 'all'");
    expect(await rowsOf(acme, sql)).toEqual(ofAcme);
    await acme.query('reset millrace.disabled_rules');
  });

  it('filters prepared statements of both kinds, whoever prepared the same text first', async () => {
    const named = { name: 'total', text: 'select sum(n)::int from events where n > $1', values: [0] };
    expect(await rowsOf(acme, named)).toEqual([[6]]);
    expect(await rowsOf(globex, named)).toEqual([[15]]);
    expect(await rowsOf(acme, named)).toEqual([[6]]);
    for (const client of [globex, acme]) await client.query('prepare p as select sum(n)::int from events');
    expect(await rowsOf(acme, 'execute p')).toEqual([[6]]);
    expect(await rowsOf(globex, 'execute p')).toEqual([[15]]);
  });

  it('filters COPY ... TO', async () => {
    const sql = postgres({ host: '127.0.0.1', port: server.address.port, user: 'acme', database: 'postgres', max: 1 });
    try {
      expect(await text(await sql`copy events (n) to stdout`.readable())).toBe('1\n2\n3\n');
      expect(await text(await sql`copy (select max(n), min(n) from events) to stdout csv`.readable())).toBe('3,1\n');
      expect(await text(await sql`copy notes to stdout`.readable())).toBe('');
      await expect(sql`copy shared to stdout`.readable()).rejects.toMatchObject({ code: '42501' });
    } finally {
      await sql.end();
    }
  });

  it('lets in only the tenant’s own rows by COPY ... FROM too', async () => {
    await acme.query('create table copied (tenant text, n int)');
    expect(await copyIn(acme, 'copy copied from stdin', 'acme\t1\nacme\t2\n')).toBe('no error');
    expect(await copyIn(acme, 'copy copied from stdin', 'acme\t3\nglobex\t4\n')).toBe('42501');
    expect(await copyIn(acme, 'copy copied (n) from stdin', '5\n')).toBe('42501');
    expect(await copyIn(acme, 'copy shared from stdin', '5\n')).toBe('42501');
    expect(await rowsOf(acme, 'select n from copied order by n')).toEqual([[1], [2]]);
    expect(await rowsOf(globex, 'select n from copied')).toEqual([]);
  });

  it('shows its filter in EXPLAIN, and runs it in EXPLAIN ANALYZE', async () => {
    const plan = async (sql: string): Promise<string> => (await rowsOf(acme, sql)).join('\n');
    expect(await plan('explain select n from events')).toContain('tenant = current_user()');
    expect(await plan('explain analyze select n from events')).toMatch(/rows=3\b/);
  });

  it('lets in only the tenant’s own rows, on every way to write', async () => {
    const before = await rowsOf(globex, 'select count(*) from notes');
    for (const write of [
      "insert into notes values ('globex', 'x')",
      "insert into notes values ('acme', 'mine'), ('globex', 'x')",
      "insert into notes (note) values ('nobody’s')",
      "insert into notes select 'globex', 'x'",
      "insert into notes select 'globex', n::text from events",
      { text: 'insert into notes values ($1, $2)', values: ['globex', 'x'] },
    ]) {
      expect(await codeOf(acme.query(write))).toBe('42501');
    }
    expect(await rowsOf(globex, 'select count(*) from notes')).toEqual(before);
    expect(await rowsOf(acme, 'select * from notes')).toEqual([]);
    await acme.query({ text: 'insert into notes values ($1, $2)', values: ['acme', 'one'] });
    await acme.query('insert into notes select tenant, n::text from events');
    expect(await rowsOf(acme, 'select note from notes order by note')).toEqual([['1'], ['2'], ['3'], ['one']]);
  });

  it('refuses tables that say nothing about tenants', async () => {
    for (const sql of [
      'select * from shared',
      'insert into shared values (1)',
      'select 1 where exists (select from shared)',
      'explain select * from shared',
    ]) {
      expect(await codeOf(acme.query(sql)), sql).toBe('42501');
    }
    expect((await rowsOf(acme, "select relname from pg_class where relname = 'shared'")).length).toBe(1);
  });

  it('cannot be switched off by a session', async () => {
    expect(await codeOf(acme.query("set millrace.disabled_rules = 'tenant-policy'"))).toBe('22023');
    expect(await codeOf(acme.query("set session authorization 'globex'"))).not.toBe('no error');
    expect(await codeOf(acme.query("set role 'globex'"))).not.toBe('no error');
    expect(await rowsOf(acme, 'select current_user, sum(n)::int from events')).toEqual([['acme', 6]]);
  });
});
