import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { bind, loadFrontend, planOf } from './fixtures/binding.ts';

beforeAll(loadFrontend);

/** Statements and their plans as printed, each plan indented below its statement, an empty line between. */
const PLANS: readonly (readonly [sql: string, plan: string])[] = readFileSync(
  new URL('./fixtures/plans.txt', import.meta.url),
  'utf8',
)
  .trimEnd()
  .split('\n\n')
  .map((block) => {
    const [sql = '', ...lines] = block.split('\n');
    return [sql, lines.map((line) => line.slice(2)).join('\n')] as const;
  });

describe('plans', () => {
  it.each(PLANS)('%s', (sql, plan) => expect(planOf(sql)).toBe(plan));
});

describe('grouping', () => {
  it('shares equal aggregates, but not of a volatile argument', () => {
    const shared = planOf('select sum(k), sum(k) + 1 from a');
    expect(shared.match(/sum\(k\) AS/g)).toHaveLength(1);
    const volatile = planOf('select sum(k + random()), sum(k + random()) from a');
    expect(volatile.match(/random\(\)/g)).toHaveLength(2);
  });
});

describe('subqueries', () => {
  it('runs before grouping where an aggregate or GROUP BY reads it', () => {
    const text = planOf('select sum((select 1)), (select k from b limit 1) q from a group by 2');
    expect(text.indexOf('Aggregate')).toBeLessThan(text.indexOf('Apply'));
  });
  it('may be grouped and sorted by in the same words', () => {
    const text = planOf(
      'select coalesce((select max(y) from b where b.k = a.k), 0), count(*) from a ' +
        'group by coalesce((select max(y) from b where b.k = a.k), 0) order by coalesce((select max(y) from b where b.k = a.k), 0)',
    );
    expect(text.match(/Scan b/g)).toHaveLength(1);
  });
  it('is cast where the compared types differ', () => {
    expect(planOf('select 1 from wide where i8 in (select k from a)')).toMatch(/k#\d+::bigint AS k#\d+/);
  });
});

describe('joins', () => {
  it('makes the optional side nullable', () => {
    const { plan: left } = bind('select e.ts, e2.ts from events e left join events e2 on true');
    const columns = left.kind === 'project' ? left.assignments.map(({ column }) => column.nullable) : [];
    expect(columns).toEqual([false, true]);
  });
});

describe('WITH', () => {
  it('binds a query anew for each reference, with columns of its own', () => {
    const { plan: joined, tablesRead } = bind(
      'with q as (select k from a) select * from q q1 join q q2 on q1.k = q2.k',
    );
    expect(joined.kind).toBe('project');
    expect(tablesRead).toEqual([{ tableId: 'id-of-a', schemaId: 1 }]);
  });
  it('refuses a second reference to a volatile one, by name', () => {
    expect(() => bind('with q as (select random() r) select * from q a1, q a2')).toThrow(/"q", which calls a volatile/);
    expect(bind('with q as (select random() r) select r, r from q').columns).toHaveLength(2);
  });
  it('refuses to grow as a power of two', () => {
    const chain = Array.from({ length: 14 }, (_, i) => `q${i + 1} as (select l.k from q${i} l, q${i} r)`).join(', ');
    expect(() => bind(`with q0 as (select k from a), ${chain} select * from q14`)).toThrow(/1000 references/);
  });
});
