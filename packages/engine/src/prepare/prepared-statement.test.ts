import type { ParameterValue } from '@millrace/core';
import { expect, test } from 'vitest';
import { engineWorld, errorOf, readResult, type TestSession } from '../testing/engine-world.ts';

const text = (value: string): ParameterValue => ({ kind: 'bytes', bytes: new TextEncoder().encode(value), format: 0 });

async function run(session: TestSession, name: string, parameters: readonly ParameterValue[] = []): Promise<unknown> {
  const statement = session.session.statement(name);
  const result = await session.session.execute(statement, parameters, new AbortController().signal);
  const { rows } = await readResult(result);
  await session.session.sync();
  return rows;
}

test('a statement outlives DDL that leaves its columns as they are', async () => {
  const session = await (await engineWorld()).connect();
  await session.run('create table t (x int)');
  await session.session.prepare('q', 'select x from t where x > $1', []);
  await session.run('drop table t; create table t (y text, x int); insert into t values (null, 5)');
  expect(await run(session, 'q', [text('4')])).toEqual([[5]]);
  expect(await run(session, 'q', [text('5')])).toEqual([]);
});

test.each([
  ['x int', 'x text'],
  ['x int[]', 'x text[]'],
  ['x numeric(5,1)', 'x numeric(5,2)'],
  ['x varchar(5)', 'x varchar(6)'],
])('0A000 when DDL changes a column from %s to %s', async (before, after) => {
  const session = await (await engineWorld()).connect();
  await session.run(`create table t (${before})`);
  await session.session.prepare('q', 'select x from t', []);
  await session.run(`drop table t; create table t (${after})`);
  expect(await errorOf(run(session, 'q'))).toBe('0A000 cached plan must not change result type');
});

test('parameters keep the types that the client was told', async () => {
  const session = await (await engineWorld()).connect();
  await session.run('create table t (x int)');
  const { parameterTypes } = await session.session.prepare('i', 'insert into t values ($1)', []);
  expect(parameterTypes).toEqual([{ kind: 'int4' }]);
  await session.run('drop table t; create table t (x bigint)');
  const binary = new Uint8Array([0, 0, 0, 7]);
  await run(session, 'i', [{ kind: 'bytes', bytes: binary, format: 1 }]);
  expect(await session.rows('select x from t')).toEqual([[7n]]);
  await session.run('drop table t; create table t (x date)');
  expect(await errorOf(run(session, 'i', [text('1')]))).toMatch(/^42804 column "x" is of type date/);
});

test('search_path, rules and another session`s temporary meaning of a name are part of a plan`s key', async () => {
  const world = await engineWorld();
  const [a, b] = [await world.connect(), await world.connect()];
  await a.run('create table t (x int)');
  await a.run('insert into t values (1)');
  await b.session.prepare('q', 'select * from t', []);
  await a.run('begin; drop table t; create table t (x int); insert into t values (2)');
  expect(await a.rows('select * from t')).toEqual([[2]]);
  expect(await run(b, 'q')).toEqual([[1]]);
  expect(await b.rows('select * from t')).toEqual([[1]]);
  await a.run('rollback');
  expect(await a.rows('select * from t')).toEqual([[1]]);
  await b.run('set search_path = pg_catalog');
  expect(await errorOf(run(b, 'q'))).toBe('42P01 relation "t" does not exist');
});

test('names: unnamed ones are replaced, named ones not, and a failed Parse leaves no unnamed one', async () => {
  const { session } = await (await engineWorld()).connect();
  await session.prepare('', 'select 1', []);
  await session.prepare('', 'select 2', []);
  await session.prepare('n', 'select 1', []);
  expect(await errorOf(session.prepare('n', 'select 2', []))).toMatch(/^42P05 /);
  expect(await errorOf(session.prepare('', 'select 1; select 2', []))).toMatch(/^42601 /);
  expect(() => session.statement('')).toThrow(expect.objectContaining({ sqlstate: '26000' }));
  expect(session.statement('n').sql).toBe('select 1');
});

test('errors of a prepared statement point into the whole text', async () => {
  const { session } = await (await engineWorld()).connect();
  const sql = '/* one */ select nothing';
  await expect(session.prepare('', sql, [])).rejects.toMatchObject({
    sqlstate: '42703',
    info: { position: sql.indexOf('nothing') + 1 },
  });
});

test('EXECUTE: columns that differ from those described are refused', async () => {
  const session = await (await engineWorld()).connect();
  await session.run('prepare p as select 1 as a');
  await session.session.prepare('e', 'execute p', []);
  expect(await run(session, 'e')).toEqual([[1]]);
  await session.run("deallocate p; prepare p as select 'x' as a");
  expect(await errorOf(run(session, 'e'))).toBe('0A000 cached plan must not change result type');
});

test('DISCARD ALL forgets statements, and refuses to run inside a transaction', async () => {
  const session = await (await engineWorld()).connect();
  await session.run('prepare p as select 1');
  expect(await session.error('select 1; discard all')).toBe('25001 DISCARD ALL cannot run inside a transaction block');
  await session.run('discard all');
  expect(await session.error('execute p')).toBe('26000 prepared statement "p" does not exist');
});
