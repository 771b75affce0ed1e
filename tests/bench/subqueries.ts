import type pg from 'pg';

/** Rows that ask, and rows that they ask about. Without the rules a correlated subquery looks at the product of both, for about a second. */
const ASKING = 300;
const ASKED = 300;

/** Two tables in storage; one of eight rows of the first finds a partner in the second. */
export async function createSubqueryTables(client: pg.Client): Promise<void> {
  await client.query('create table asking (k int, x int); create table asked (k int, y int)');
  await client.query(`insert into asking select i, i * 7 % 301 from generate_series(1, ${ASKING}) i`);
  await client.query(`insert into asked select i * 8, i from generate_series(1, ${ASKED}) i`);
  await client.query('checkpoint');
}

/** Subqueries that rules turn into joins. */
export const SUBQUERIES: readonly (readonly [what: string, sql: string])[] = Object.freeze([
  ['NOT IN', 'select count(*) from asking where x not in (select k from asked)'],
  ['NOT IN, correlated', 'select count(*) from asking a where x not in (select y from asked b where b.k = a.k)'],
  ['EXISTS', 'select count(*) from asking a where exists (select 1 from asked b where b.k = a.k and b.y > 10)'],
  ['NOT EXISTS', 'select count(*) from asking a where not exists (select 1 from asked b where b.k = a.k)'],
  ['count per row', 'select sum(n) from (select (select count(*) from asked b where b.k = a.k) as n from asking a) s'],
  ['max per row', 'select count(*) from asking a where x > (select max(y) from asked b where b.k = a.k)'],
  ['join, large table second', 'select count(*) from asked b join asking a on a.k = b.k'],
] as const);
