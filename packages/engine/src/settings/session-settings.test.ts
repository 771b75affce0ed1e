import { expect, test } from 'vitest';
import { engineWorld, errorOf } from '../testing/engine-world.ts';

test('SET is undone by ROLLBACK, SET LOCAL ends with its transaction', async () => {
  const session = await (await engineWorld()).connect();
  const zone = async (): Promise<unknown> => (await session.rows('show timezone'))[0]?.[0];
  await session.run("begin; set timezone = 'Europe/Berlin'; rollback");
  expect(await zone()).toBe('UTC');
  await session.run("begin; set timezone = 'Europe/Berlin'; commit");
  expect(await zone()).toBe('Europe/Berlin');
  await session.run("begin; set local timezone = 'UTC'");
  expect(await zone()).toBe('UTC');
  await session.run('commit');
  expect(await zone()).toBe('Europe/Berlin');
  await session.run("begin; set local timezone = 'UTC'; set timezone = 'Asia/Tokyo'; commit");
  expect(await zone()).toBe('Asia/Tokyo');
  await session.run("begin; set timezone = 'Asia/Dubai'; set local timezone = 'UTC'; commit");
  expect(await zone()).toBe('Asia/Dubai');
  await session.error("set timezone = 'UTC'; select 1/0");
  expect(await zone()).toBe('Asia/Dubai');
  await session.run("begin; set local timezone = 'UTC'; reset all; commit");
  expect(await zone()).toBe('UTC');
});

test('SET LOCAL outside a block warns; inside a text of several statements it does not', async () => {
  const session = await (await engineWorld()).connect();
  await session.run("set local application_name = 'a'");
  expect(session.notices()).toEqual(['WARNING 25P01 SET LOCAL can only be used in transaction blocks']);
  expect(await session.rows('show application_name')).toEqual([['']]);
  expect(await session.all("set local application_name = 'a'; show application_name")).toEqual([
    { tag: 'SET', rows: [] },
    { tag: 'SHOW', rows: [['a']] },
  ]);
  expect(session.notices()).toEqual([]);
  expect(await session.rows('show application_name')).toEqual([['']]);
});

test('RESET goes back to what the client asked for at the start, else to the deployment`s default', async () => {
  const world = await engineWorld({ configure: (builder) => builder.setting('statement_timeout', '5s') });
  const session = await world.connect([
    ['TimeZone', 'Asia/Tokyo'],
    ['my.name', 'x'],
  ]);
  expect(await session.rows('show statement_timeout')).toEqual([['5s']]);
  await session.run("set statement_timeout = 0; set timezone = 'UTC'; set my.name = 'y'");
  await session.run('discard all');
  expect(await session.rows("select current_setting('timezone'), current_setting('my.name')")).toEqual([
    ['Asia/Tokyo', 'x'],
  ]);
  expect(await session.rows('show statement_timeout')).toEqual([['5s']]);
  await session.run('reset session_authorization');
  expect(await session.rows('show session_authorization')).toEqual([['tester']]);
});

test('what is refused, and how', async () => {
  const world = await engineWorld();
  const session = await world.connect();
  const refused: readonly (readonly [sql: string, error: string])[] = [
    ['set no_such_thing = 1', '42704 unrecognized configuration parameter "no_such_thing"'],
    ['set millrace.no_such_thing = 1', '42704 unrecognized configuration parameter "millrace.no_such_thing"'],
    ['show my.unknown', '42704 unrecognized configuration parameter "my.unknown"'],
    ['set "a b.c" = 1', '42602 invalid configuration parameter name "a b.c"'],
    ['set application_name = a, b', '22023 SET application_name takes only one argument'],
    ['set server_version = 16', '55P02 parameter "server_version" cannot be changed'],
    [
      'set statement_timeout = 2147483648',
      '22023 2147483648 ms is outside the valid range for parameter "statement_timeout" (0 .. 2147483647)',
    ],
    ["set millrace.disabled_rules = 'nothing'", '22023 there is no rule "nothing"'],
    ["select set_config('millrace.disabled_rules', 'nothing', false)", '22023 there is no rule "nothing"'],
  ];
  for (const [sql, error] of refused) expect(await session.error(sql), sql).toBe(error);
  expect(await errorOf(world.connect([['millrace.disabled_rules', 'nothing']]))).toBe(
    '22023 there is no rule "nothing"',
  );
  expect(await session.error("select set_config('c.x' || g, '', false) from generate_series(1, 1001) g")).toBe(
    '53400 a session may have 1000 custom settings',
  );
  expect(await session.rows("select current_setting('my.unknown', true)")).toEqual([[null]]);
});

test('reported settings are reported when they change, also by ROLLBACK', async () => {
  const session = await (await engineWorld()).connect();
  expect(new Map(session.session.takeReports()).get('session_authorization')).toBe('tester');
  await session.run("begin; set application_name = 'a'");
  expect(session.session.takeReports()).toEqual([['application_name', 'a']]);
  await session.run('rollback');
  expect(session.session.takeReports()).toEqual([['application_name', '']]);
  expect(session.session.takeReports()).toEqual([]);
});

test('SHOW ALL shows values as SHOW does, pg_settings as they are kept, neither of them custom ones', async () => {
  const session = await (await engineWorld()).connect();
  await session.run("set statement_timeout = '90s'; set my.name = 'x'");
  const all = await session.rows('show all');
  expect(all.find(([name]) => name === 'statement_timeout')?.[1]).toBe('90s');
  expect(all.map(([name]) => name)).not.toContain('my.name');
  expect(
    await session.rows("select name, setting from pg_settings where name in ('statement_timeout', 'my.name')"),
  ).toEqual([['statement_timeout', '90000']]);
});
