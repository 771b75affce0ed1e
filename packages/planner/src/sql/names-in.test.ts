import { beforeAll, describe, expect, it } from 'vitest';
import type { SqlFrontend } from './ast.ts';
import { libpgFrontend } from './libpg/libpg-frontend.ts';
import { namesIn } from './names-in.ts';

const frontend: SqlFrontend = libpgFrontend();
beforeAll(() => frontend.load());

describe('namesIn', () => {
  const names = (sql: string): string[] =>
    namesIn(frontend.parse(sql)[0]!.statement).map((name) => name.parts.join('.'));
  it.each([
    ['select * from a, b.c join d on exists (select 1 from e)', ['a', 'b.c', 'd', 'e']],
    ['with x as (select * from a) select * from x, s.x, y', ['a', 's.x', 'y']],
    ['with x as (select * from x) select * from x', ['x']],
    ['with recursive x as (select * from x, z) select * from x', ['z']],
    ['with x as (select 1), y as (select * from x) select * from y where a in (select b from c)', ['c']],
    ['insert into t select * from u where v = (select max(w) from z)', ['t', 'u', 'z']],
    ['explain analyze select * from a union select * from b order by (select 1 from c)', ['a', 'b', 'c']],
    [
      'select case when a = any (select 1 from p) then array(select 1 from q) end, f(x => (select 1 from r))',
      ['p', 'q', 'r'],
    ],
    ['create table t (a int)', ['t']],
    ['drop table a, b.c', ['a', 'b.c']],
    ['select * from generate_series(1, (select 1 from n)) g where a between (select 1 from m) and 2', ['n', 'm']],
    ['select * from (with x as (select 1) select * from x) s, x', ['x']],
    ['set a = b', []],
  ])('%s', (sql, expected) => {
    expect(names(sql)).toEqual(expected);
  });
});
