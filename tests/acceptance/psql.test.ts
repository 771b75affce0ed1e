import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { connectTo, startCommand, temporaryDirectory, useCommand } from './support/command.ts';
import { HAS_PSQL, psql, psqlSuite } from './support/psql.ts';

// What a person sees who connects with psql: its catalog commands, explain, errors with their line, and the README's session.

const EVENTS = `create table events (ts timestamptz not null, project_id text not null, day date not null, name text, status int,
                     latency float8, tags text[], attrs jsonb default '{}') partition by list (project_id, day);`;

useCommand();

describe.skipIf(!HAS_PSQL)(psqlSuite('psql looks around'), () => {
  let server: TestServer;
  const see = async (command: string): Promise<string> => {
    const { stdout, stderr } = await psql(server.port, command);
    expect(stderr, command).toBe('');
    return stdout.trimEnd();
  };
  beforeAll(async () => {
    server = await startTestServer();
    await psql(
      server.port,
      `${EVENTS}\ncreate table "Odd name" (id int8 not null, price numeric(10,2) default 0, code varchar(5));`,
    );
  });
  afterAll(() => server.close());

  it('\\d and \\dt list the tables', async () => {
    const list = `               List of relations
 Schema |   Name   |       Type        | Owner
--------+----------+-------------------+--------
 public | Odd name | table             | anyone
 public | events   | partitioned table | anyone
(2 rows)`;
    expect(await see('\\d')).toBe(list);
    expect(await see('\\dt')).toBe(list);
    expect(await see('\\dt ev*')).toContain('(1 row)');
  });

  it('\\d TABLE describes one', async () => {
    expect(await see('\\d events')).toBe(`                     Partitioned table "public.events"
   Column   |           Type           | Collation | Nullable |   Default
------------+--------------------------+-----------+----------+-------------
 ts         | timestamp with time zone |           | not null |
 project_id | text                     |           | not null |
 day        | date                     |           | not null |
 name       | text                     |           |          |
 status     | integer                  |           |          |
 latency    | double precision         |           |          |
 tags       | text[]                   |           |          |
 attrs      | jsonb                    |           |          | '{}'::jsonb
Partition key: LIST (project_id, day)
Number of partitions: 0`);
    expect(await see('\\d "Odd name"')).toBe(`                    Table "public.Odd name"
 Column |         Type         | Collation | Nullable | Default
--------+----------------------+-----------+----------+---------
 id     | bigint               |           | not null |
 price  | numeric(10,2)        |           |          | 0
 code   | character varying(5) |           |          |`);
    expect(await see('\\d+ "Odd name"')).toMatch(/ price {2}\| numeric\(10,2\) .* \| 0 .*\| main +\|/);
  });

  it('\\d+, \\dt+ and \\l+ know what sizes they do not know', async () => {
    expect(await see('\\d+')).toBe(`                                         List of relations
 Schema |   Name   |       Type        | Owner  | Persistence | Access method | Size | Description
--------+----------+-------------------+--------+-------------+---------------+------+-------------
 public | Odd name | table             | anyone | permanent   | heap          |      |
 public | events   | partitioned table | anyone | permanent   |               |      |
(2 rows)`);
    const bytes = [
      '10239',
      '10240',
      '-10240',
      '1048575',
      '10485247',
      '10485248',
      '10736344498176',
      '9223372036854775807',
    ];
    const pretty = bytes.map((count) => `pg_size_pretty((${count})::int8)`).join(', ');
    expect(await see(`\\pset tuples_only\n\\pset format unaligned\nselect ${pretty};`)).toContain(
      '10239 bytes|10 kB|-10 kB|1024 kB|10239 kB|10 MB|9999 GB|8192 PB',
    );
    expect(await see('\\l+')).toMatch(/ anyone \| anyone \| UTF8 /);
  });

  it('\\l, \\dn, \\du show the one database, schema and user', async () => {
    expect(await see('\\l')).toBe(`                                         List of databases
  Name  | Owner  | Encoding | Collate |  Ctype  | ICU Locale | Locale Provider | Access privileges
--------+--------+----------+---------+---------+------------+-----------------+-------------------
 anyone | anyone | UTF8     | C       | C.UTF-8 |            | libc            |
(1 row)`);
    expect(await see('\\dn')).toBe(` List of schemas
  Name  | Owner
--------+--------
 public | anyone
(1 row)`);
    expect(await see('\\du')).toBe(`                             List of roles
 Role name |                  Attributes                   | Member of
-----------+-----------------------------------------------+-----------
 anyone    | Superuser, Create role, Create DB, Bypass RLS | {}`);
  });

  it('\\di, \\dv, \\ds, \\df, \\dx find nothing, in words', async () => {
    for (const command of ['\\di', '\\di+', '\\dv', '\\ds']) {
      const { stdout, stderr } = await psql(server.port, command);
      expect([stdout, stderr], command).toEqual(['', 'Did not find any relations.\n']);
    }
    for (const command of ['\\df', '\\dx', '\\dT', '\\dC', '\\dp nothing'])
      expect(await see(command)).toContain('(0 rows)');
    expect((await psql(server.port, '\\d nope')).stderr).toBe('Did not find any relation named "nope".\n');
  });

  it('\\dt *.* and \\d of a system table show pg_catalog and information_schema as tables', async () => {
    const all = await see('\\dt *.*');
    expect(all).toMatch(/ pg_catalog +\| pg_class +\| table +\| anyone/);
    expect(all).toMatch(/ public +\| events +\| partitioned table \| anyone/);
    expect(await see('\\d pg_am')).toBe(`               Table "pg_catalog.pg_am"
  Column   |  Type   | Collation | Nullable | Default
-----------+---------+-----------+----------+---------
 oid       | oid     |           |          |
 amname    | name    |           |          |
 amhandler | regproc |           |          |
 amtype    | "char"  |           |          |`);
  });

  it('explain (rules) shows which rules changed the plan, as a diff each', async () => {
    const text = await see(`explain (rules) select name from events where project_id = 'p1' order by ts limit 3;`);
    for (const rule of ['push-filter-into-scan', 'prune-columns', 'sort-limit-to-topk'])
      expect(text).toMatch(new RegExp(`^ \\w+: ${rule} \\(\\d+ us\\)$`, 'm'));
    expect(text).toMatch(/^ {3}- +Filter project_id#2 = 'p1'$/m);
    expect(text).toMatch(/^ {3}\+ +Scan events \[.*\] filter project_id#2 = 'p1'$/m);
    expect(text).toMatch(
      /Top-K ts limit 3\n.*Project name, ts\n.*Table Scan on events \[ts, name\] filter project_id = 'p1'/,
    );
  });

  it('errors show the line and point at the place', async () => {
    const script = `select * from nope;
select nam from events;
select 1 as a,
  2 as b where 'ä' = wrong;
select 1 +;
insert into events (ts, project_id, day, status) values (now(), 'p', current_date, 'x');
insert into events (project_id) values ('p');
`;
    const { stderr } = await psql(server.port, script);
    expect(stderr.replace(/^psql:<stdin>:\d+: /gm, '')).toBe(`ERROR:  relation "nope" does not exist
LINE 1: select * from nope;
                      ^
ERROR:  column "nam" does not exist
LINE 1: select nam from events;
               ^
HINT:  Perhaps you meant to reference the column "events.name".
ERROR:  column "wrong" does not exist
LINE 2:   2 as b where 'ä' = wrong;
                             ^
ERROR:  syntax error at or near ";"
LINE 1: select 1 +;
                  ^
ERROR:  invalid input syntax for type integer: "x"
LINE 1: ...ect_id, day, status) values (now(), 'p', current_date, 'x');
                                                                  ^
ERROR:  null value in column "ts" of relation "events" violates not-null constraint
DETAIL:  Failing row contains (null, p, null, null, null, null, null, {}).
`);
    expect((await psql(server.port, 'select nope', ['-v', 'ON_ERROR_STOP=1'])).code).toBe(3);
  });

  it('blocks, \\gset, \\copy-free scripts and the transaction prompt behave', async () => {
    const script = `begin;
insert into "Odd name" (id) values (1);
savepoint s;
rollback;
select count(*) as n from "Odd name" \\gset
\\echo n is :n
select 1 as a \\; select 2 as b;
`;
    const { stdout, stderr } = await psql(server.port, script);
    expect(stdout).toContain('n is 0\n');
    expect(stdout).toMatch(/ b\n-+\n 2\n/);
    expect(stderr).toMatch(/ERROR:.*SAVEPOINT.* not .*supported/i);
  });
});

describe.skipIf(!HAS_PSQL)(psqlSuite("the README's session, with kill -9 in the middle"), () => {
  it('has every acknowledged row once after the restart', async () => {
    const directory = temporaryDirectory();
    const args = ['--data', directory, '--listen', '127.0.0.1:0'];
    const first = startCommand(args);
    const port = await first.ready;
    const session = await psql(
      port,
      `${EVENTS}
insert into events (ts, project_id, day, name, status, latency) values (now(), 'p1', current_date, 'GET /', 200, 1.5), (now(), 'p1', current_date, 'GET /', 500, 2.5), (now(), 'p2', current_date, 'POST /', 201, null);
select name, count(*), avg(latency) from events where project_id = 'p1' group by name order by 2 desc limit 10;
checkpoint;
`,
    );
    expect(session).toEqual({
      code: 0,
      stderr: '',
      stdout: `CREATE TABLE
INSERT 0 3
 name  | count | avg
-------+-------+-----
 GET / |     2 |   2
(1 row)

CHECKPOINT
`,
    });

    const inserts = Array.from({ length: 2_000 }, (_, i) => [
      `insert into events (ts, project_id, day, status) values (now(), 'p${i % 3}', current_date, ${1_000 + i});`,
      `\\echo acknowledged ${1_000 + i}`,
      ...(i === 40 ? ['checkpoint;'] : []),
    ]);
    const writing = psql(port, `\\set ON_ERROR_STOP 1\n${inserts.flat().join('\n')}\n`);
    const watcher = await connectTo(port);
    while (Number((await rowsOf(watcher, 'select count(*) from events'))[0]?.[0]) < 63);
    first.kill('SIGKILL');
    await first.ended;
    const { stdout, code } = await writing;
    expect(code).not.toBe(0);
    const acknowledged = [...stdout.matchAll(/^INSERT 0 1\nacknowledged (\d+)$/gm)].map(([, n]) => Number(n));
    expect(acknowledged.length).toBeGreaterThanOrEqual(50);
    expect(acknowledged.length).toBeLessThan(2_000);

    const second = startCommand(args);
    const again = await psql(
      await second.ready,
      `select status from events where status >= 1000 order by status;\nselect count(*) from events where status < 1000;`,
      ['-At'],
    );
    const rows = again.stdout.trim().split('\n').map(Number);
    expect(rows.pop()).toBe(3);
    // The one that was on its way may be there or not.
    expect([acknowledged, [...acknowledged, 1_000 + acknowledged.length]]).toContainEqual(rows);
    second.kill('SIGKILL');
    await second.ended;
  });
});
