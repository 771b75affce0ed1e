import type pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { HAS_PSQL, psql, psqlSuite } from './support/psql.ts';
import { outline, query, RawClient, run, sync } from './support/raw-client.ts';

// With node-pg, postgres.js and psql each insert of the README counts in `insert_fast_path`; the same statements with the rule disabled give
// identical tables and identical errors.

const WITHOUT = `set millrace.disabled_rules = 'insert-fast-path'`;

const EVENTS = `create table events (ts timestamptz not null, project_id text not null, day date not null, name text, status int,
  latency float8, tags text[], attrs jsonb default '{}') partition by list (project_id, day)`;
const TYPED = `create table typed (id int8 not null, small int2, amount numeric(10,2) default 1.50, code varchar(3), at timestamp,
  stamp timestamptz default now(), day date default current_date, who uuid, raw bytea, tags text[], ids int4[], attrs jsonb default '{"a": 1}',
  doc json, ok bool default true, ratio float4, note text default 'none')`;

/** The inserts of the README. */
const README: readonly string[] = [
  `insert into events (ts, project_id, day, name, status, latency) values
     (now(), 'p1', current_date, 'GET /', 200, 1.5), (now(), 'p1', current_date, 'GET /', 500, 2.5), (now(), 'p2', current_date, 'POST /', 201, null)`,
  `insert into events (ts, project_id, day) values ('2024-01-02 03:04:05.123456+00', 'p3', '2024-01-02')`,
];

/** Other right statements with literals. */
const LITERALS: readonly string[] = [
  `insert into typed (id) values (1)`,
  `insert into typed values (2, 3, 4.567, 'abc', '2024-02-29 23:59:59.999999', '2024-01-01 00:00:00+02', 'today'::text::date, null, '\\x00ff')`,
  `insert into typed (id, amount, tags, ids) values (3, default, '{a,"b c",NULL}', '{1,NULL,3}'), (4, 99999999.99, array['x', 'y'], array[1, 2])`,
  `insert into typed (note, id, ok, attrs) values (default, 5, default, default), ('it''s', 6, 'off', '{"b": [1.50, null]}')`,
  `insert into typed (id, who, doc, ratio) values (-9223372036854775808, '00000000-0000-4000-8000-00000000ABCD', '{"z" : 1}', '-Infinity')`,
  `insert into typed (id, at, ratio) values (9223372036854775807, 'infinity', 'NaN')`,
];

/** Statements with parameters, as drivers send them. */
const PARAMETERS: readonly (readonly [sql: string, values: readonly (string | null)[]])[] = [
  [`insert into events (ts, project_id, day, name) values (now(), $1, current_date, $2)`, ['p4', 'PUT /']],
  [
    `insert into events values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    ['2024-05-05 05:05:05+05', 'p5', '2024-05-05', null, '7', '1e-3', '{a,b}', '[1]'],
  ],
  [
    `insert into typed (id, small, amount, code) values ($1, $2, $3, $4), ($5, $6, $7, $8)`,
    ['10', '1', '1.005', 'äöü', '11', '-32768', '-0.001', 'ab   '],
  ],
  [
    `insert into typed (id, at, stamp, day) values ($1, $2, $3, $4)`,
    ['12', '2024-01-01 12:00', '2024-01-01 12:00 Europe/Berlin', '-infinity'],
  ],
  [
    `insert into typed (id, who, raw, tags, ids) values ($1, $2, $3, $4, $5)`,
    ['13', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\xdeadbeef', '{}', '{1,NULL}'],
  ],
  [
    `insert into typed (id, attrs, doc, ok, ratio, note) values ($1, $2, $3, $4, $5, $6)`,
    ['14', '{"b":1,"a":2}', '{"b":1, "a":2}', 'yes', '0.1', ''],
  ],
];

/** Wrong ones; nothing of them may be stored. */
const WRONG: readonly (readonly [sqlstate: string, sql: string, values: readonly (string | null)[]])[] = [
  ['22P02', `insert into typed (id) values ($1)`, ['x']],
  ['22P02', `insert into typed (id) values ('x')`, []],
  ['22P02', `insert into typed (id, who) values (1, $1)`, ['nope']],
  ['22P02', `insert into typed (id, tags) values ($1, $2)`, ['1', '{a']],
  ['22P02', `insert into typed (id, attrs) values ($1, $2)`, ['1', '{a}']],
  ['0A000', `insert into typed (id, ids) values ($1, $2)`, ['1', '{{1,2},{3,4}}']],
  ['22003', `insert into typed (id) values ($1)`, ['9223372036854775808']],
  ['22003', `insert into typed (id, small) values (1, 1), (2, 40000)`, []],
  ['22003', `insert into typed (id, amount) values ($1, $2)`, ['1', '123456789.99']],
  ['22007', `insert into typed (id, day) values ($1, $2)`, ['1', 'soon']],
  ['22008', `insert into typed (id, day) values (1, '2023-02-29')`, []],
  ['22008', `insert into typed (id, at) values ($1, $2)`, ['1', '2024-13-01']],
  ['22001', `insert into typed (id, code) values ($1, $2), ($3, $4)`, ['1', 'abc', '2', 'abcd']],
  ['23502', `insert into typed (small) values (1)`, []],
  ['23502', `insert into typed (id, small) values ($1, $2)`, [null, '1']],
  ['23502', `insert into events (project_id, day) values ($1, $2)`, ['p', '2024-01-01']],
  ['42804', `insert into typed (id) values (true)`, []],
  ['42601', `insert into typed (id, small) values (1)`, []],
  ['42703', `insert into typed (nope) values (1)`, []],
  ['42701', `insert into typed (id, id) values (1, 2)`, []],
  ['22023', `insert into events (ts, project_id, day) values (now(), $1, current_date)`, ['']],
];

let server: TestServer;
let client: pg.Client;
beforeAll(async () => {
  server = await startTestServer();
  client = await server.connect();
});
afterAll(() => server.close());
beforeEach(async () => {
  await client.query('drop table if exists events; drop table if exists typed');
  await client.query(EVENTS);
  await client.query(TYPED);
});

const fastInserts = (): number => server.server.metrics.read().get('insert_fast_path') ?? 0;

/** Both tables, without the columns that hold the time of the insert. */
async function contents(): Promise<unknown> {
  return [
    await rowsOf(
      client,
      `select project_id, name, status, latency, tags, attrs, ts = date_trunc('day', ts), day = current_date from events order by 1, 2, 3`,
    ),
    await rowsOf(
      client,
      `select id, small, amount, code, at, case when stamp < now() - interval '1 day' then stamp end, day, who, raw, tags, ids, attrs, doc, ok, ratio, note from typed order by 1`,
    ),
  ];
}

type Failure = Readonly<Record<string, unknown>>;
/** now() in a failing row is the time of that statement. */
const withoutNow = (text: unknown): unknown =>
  String(text).replace(/\b20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\.\d+\+00/g, 'now');
const described = (error: unknown): Failure => {
  const { code, message, detail, hint, position, table, column, severity, where } = error as Failure;
  return { code, message, detail: withoutNow(detail), hint, position, table, column, severity, where };
};

/** Runs the statements with the rule and without, from empty tables each time: what is stored, and what each of them said. */
async function bothWays(
  runAll: (without: boolean) => Promise<unknown>,
): Promise<{ readonly fast: unknown; readonly general: unknown; readonly counted: readonly [number, number] }> {
  const before = fastInserts();
  const fast = [await runAll(false), await contents()];
  const between = fastInserts();
  await client.query('drop table events; drop table typed');
  await client.query(EVENTS);
  await client.query(TYPED);
  const general = [await runAll(true), await contents()];
  return { fast, general, counted: [between - before, fastInserts() - between] };
}

describe('node-pg', () => {
  it('right statements: each counts, and the tables are the same without the rule', async () => {
    const { fast, general, counted } = await bothWays(async (without) => {
      const own = await server.connect();
      if (without) await own.query(WITHOUT);
      const said: unknown[] = [];
      for (const sql of [...README, ...LITERALS]) said.push((await own.query(sql)).rowCount);
      for (const [i, [sql, values]] of PARAMETERS.entries()) {
        said.push((await own.query(sql, [...values])).rowCount);
        if (i < 3) said.push((await own.query({ name: `named ${i}`, text: sql, values: [...values] })).rowCount);
      }
      return said;
    });
    expect(general).toEqual(fast);
    expect(counted).toEqual([README.length + LITERALS.length + PARAMETERS.length + 3, 0]);
    const [, [readme, typed]] = fast as [unknown, [unknown[][], unknown[][]]];
    expect(readme).toHaveLength(4 + 4);
    expect(typed).toContainEqual(
      expect.arrayContaining(['2', '3', '4.57', 'abc', '2024-02-29 23:59:59.999999', '\\x00ff']),
    );
    expect(typed).toContainEqual(expect.arrayContaining(['13', '\\xdeadbeef', '{}', '{1,NULL}']));
  });

  it('wrong statements: the same SQLSTATE, message, detail, hint and position without the rule; nothing stored', async () => {
    const { fast, general } = await bothWays(async (without) => {
      const own = await server.connect();
      if (without) await own.query(WITHOUT);
      const said: Failure[] = [];
      for (const [, sql, values] of WRONG) {
        const outcome = values.length === 0 ? own.query(sql) : own.query(sql, [...values]);
        said.push(await outcome.then(() => ({ code: 'stored', sql }), described));
      }
      return said;
    });
    expect(general).toEqual(fast);
    const [said, tables] = fast as [Failure[], unknown];
    expect(said.map(({ code, message }, i) => [code, WRONG[i]?.[1], message])).toEqual(
      WRONG.map(([code, sql]) => [code, sql, expect.any(String)]),
    );
    expect(tables).toEqual([[], []]);
  });

  it('a wrong row keeps the whole statement out, and its block fails', async () => {
    await client.query('begin');
    await client.query(`insert into typed (id) values (1)`);
    await expect(client.query(`insert into typed (id, code) values (2, 'ok'), (3, 'too long')`)).rejects.toMatchObject({
      code: '22001',
    });
    expect((await client.query('commit')).command).toBe('ROLLBACK');
    expect(await rowsOf(client, 'select id from typed')).toEqual([]);
  });
});

describe('postgres.js', () => {
  it('each insert of its helpers counts, typed parameters too, and the tables are the same without the rule', async () => {
    const { fast, general, counted } = await bothWays(async (without) => {
      const sql = postgres({
        host: '127.0.0.1',
        port: server.port,
        user: 'anyone',
        database: 'anyone',
        max: 1,
        onnotice: () => {},
      });
      try {
        if (without) await sql.unsafe(WITHOUT);
        const said: unknown[] = [];
        for (const text of README) said.push((await sql.unsafe(text)).count);
        const at = new Date('2024-03-03T03:03:03.003Z');
        said.push(
          (
            await sql`insert into events (ts, project_id, day, tags, attrs) values (${at}, ${'p6'}, ${'2024-03-03'}, ${['a', 'b']}, ${sql.json({ k: [1, null] })})`
          ).count,
        );
        const rows = [20, 21, 22].map((id) => ({ id, small: id, note: `row ${id}`, ok: id === 21, ratio: id / 8 }));
        said.push((await sql`insert into typed ${sql(rows)}`).count);
        said.push(
          (
            await sql`insert into typed (id, raw, who, at, amount) values (${'23'}, ${Buffer.from([0, 255])}, ${'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'}, ${at}, ${'12.345'})`
          ).count,
        );
        const wrong = await sql`insert into typed (id, code) values (${'24'}, ${'abcd'})`.catch(described);
        return [...said, wrong];
      } finally {
        await sql.end();
      }
    });
    expect(general).toEqual(fast);
    expect(counted).toEqual([README.length + 3, 0]);
    const [said] = fast as [unknown[]];
    expect(said).toEqual([3, 1, 1, 3, 1, expect.objectContaining({ code: '22001' })]);
  });
});

describe('the wire', () => {
  it('parameters in the binary format count and store the same', async () => {
    const int8 = Buffer.alloc(8);
    int8.writeBigInt64BE(9_007_199_254_740_993n);
    const int2 = Buffer.from([0xff, 0xfe]);
    const float4 = Buffer.alloc(4);
    float4.writeFloatBE(0.5);
    const stamp = Buffer.alloc(8);
    stamp.writeBigInt64BE(123_456_789_012_345n);
    const uuid = Buffer.from('a0eebc999c0b4ef8bb6d6bb9bd380a11', 'hex');
    // 1 dimension, no nulls, int4 (23), 2 items from 1
    const array = Buffer.from(
      '0000000100000000000000170000000200000001' + '0000000400000007' + '00000004ffffffff',
      'hex',
    );
    // numeric 12.34: 2 digits, weight 0, positive, scale 2
    const numeric = Buffer.from('000200000000' + '0002' + '000c' + '0d48', 'hex');
    const jsonb = Buffer.from('\x01{"b": 2}');
    const values = [
      int8,
      int2,
      numeric,
      Buffer.from('äb'),
      stamp,
      uuid,
      Buffer.from([0, 255]),
      array,
      jsonb,
      Buffer.from([1]),
      float4,
    ];
    const sql = `insert into typed (id, small, amount, code, at, who, raw, ids, attrs, ok, ratio) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;
    const short = [int8.subarray(1), ...values.slice(1)];
    const { fast, general, counted } = await bothWays(async (without) => {
      const raw = await RawClient.open(server.port);
      if (without) {
        raw.send(query(WITHOUT));
        await raw.untilReady();
      }
      raw.send(run(sql, values), sync(), run(sql, short), sync());
      const said = outline(await raw.untilReady(2));
      raw.close();
      return said;
    });
    expect(general).toEqual(fast);
    expect(counted).toEqual([1, 0]);
    const [said, tables] = fast as [string[], [unknown, unknown[][]]];
    expect(said).toEqual(['INSERT 0 1', 'ready I', 'ERROR 22P03', 'ready I']);
    expect(tables[1]?.[0]).toEqual(
      expect.arrayContaining([
        '9007199254740993',
        '-2',
        '12.34',
        'äb',
        '2003-11-29 21:33:09.012345',
        '\\x00ff',
        '{7,-1}',
        '{"b": 2}',
        '0.5',
      ]),
    );
  });
});

describe.skipIf(!HAS_PSQL)(psqlSuite('psql'), () => {
  it('each insert counts, and tables and errors are the same without the rule', async () => {
    const wrong = WRONG.filter(([, , values]) => values.length === 0).map(([, sql]) => sql);
    const { fast, general, counted } = await bothWays(async (without) => {
      const script = [...(without ? [WITHOUT] : []), ...README, ...LITERALS, ...wrong]
        .map((sql) => `${sql};`)
        .join('\n');
      const { stdout, stderr } = await psql(server.port, script);
      // psql's line numbers move with the SET before; what it says must not.
      return [stdout.replace(/^SET\n/, ''), withoutNow(stderr.replace(/<stdin>:\d+:/g, '<stdin>:'))];
    });
    expect(general).toEqual(fast);
    expect(counted).toEqual([README.length + LITERALS.length, 0]);
    const [[stdout, stderr]] = fast as [[string, string]];
    expect(stdout.trim().split('\n')).toEqual([
      'INSERT 0 3',
      'INSERT 0 1',
      ...[1, 1, 2, 2, 1, 1].map((count) => `INSERT 0 ${count}`),
    ]);
    expect(stderr.match(/ERROR: /g)).toHaveLength(wrong.length);
  });
});
