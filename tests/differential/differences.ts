import type { SqlAnswer } from '../support/sql-answer.ts';

/** A difference from PostgreSQL that is meant; docs/differences.md has the same reason under the same name. */
export interface KnownDifference {
  readonly name: string;
  readonly reason: string;
  /** A query that still shows it. */
  readonly example: string;
  /** Whether it explains two answers to a query. */
  isIt(sql: string, ours: SqlAnswer, theirs: SqlAnswer): boolean;
}

const isRefused = (answer: SqlAnswer, message: RegExp): boolean =>
  answer.kind === 'error' && answer.sqlstate === '0A000' && message.test(answer.message);

const isError = (answer: SqlAnswer, sqlstate: string): boolean =>
  answer.kind === 'error' && answer.sqlstate === sqlstate;

const isDataError = (answer: SqlAnswer): boolean => answer.kind === 'error' && answer.sqlstate.startsWith('22');

/** Arithmetic, casts and functions of the select list that can fail. */
function placesThatFail(sql: string): number {
  const [item = ''] = sql.split(' from ');
  return (
    item.match(/ (?:[-+*/%]|<<) |::(?!text|bool)|\b(?:sqrt|ln|power|abs|substr|left|make_date|repeat)\(/g)?.length ?? 0
  );
}

/** The list, kept short: a generator avoids what it can, and what is here must still be true. */
export const DIFFERENCES: readonly KnownDifference[] = Object.freeze([
  {
    name: 'not supported',
    reason: "Delta's decimal has no NaN; numeric without precision keeps it",
    example: `select 'NaN'::numeric(8,2)`,
    isIt: (_, ours) => isRefused(ours, /^NaN in numeric\(\d+,\d+\)/),
  },
  {
    name: 'FULL JOIN on any condition, subqueries without alias, number literals',
    reason: 'a full join need not be hashed or merged here',
    example: 'select count(*) from (values (1)) a(x) full join (values (2)) b(y) on a.x < b.y',
    isIt: (sql, ours, theirs) => / full join /.test(sql) && ours.kind === 'rows' && isError(theirs, '0A000'),
  },
  {
    name: 'when errors of constants appear',
    reason: 'a constant is evaluated when a row asks for it; PostgreSQL does so when it plans',
    example: 'select coalesce(x, 1 / 0) from (values (1), (2)) v(x)',
    isIt: (sql, ours, theirs) => sql.includes('1 / 0') && ours.kind === 'rows' && isError(theirs, '22012'),
  },
  {
    name: 'hints and details, positions, order of checks',
    reason:
      'of two errors the other one may be reported, as columns are computed one after the other; an expression with few places that can fail must agree',
    example: `select t::int8 / (n * 4611686018427387904 + 1) from (values ('1', 9007199254740993), ('x', 1)) v(t, n)`,
    isIt: (sql, ours, theirs) => isDataError(ours) && isDataError(theirs) && placesThatFail(sql) > 2,
  },
  {
    name: 'range of timestamps',
    reason: 'microseconds are counted from 1970, as Delta and Parquet do, not from 2000',
    example: `select timestamp '294276-12-31 00:00:00'`,
    isIt: (sql, ours, theirs) => sql.includes('294276') && isError(ours, '22008') && theirs.kind === 'rows',
  },
  {
    name: 'time_bucket',
    reason: 'PostgreSQL has no such function',
    example: `select time_bucket('1 day', timestamp '2024-01-01 12:00')`,
    isIt: (sql, ours, theirs) => sql.includes('time_bucket') && ours.kind === 'rows' && isError(theirs, '42883'),
  },
]);

/** Whether the list explains two answers. */
export function isKnownDifference(sql: string, ours: SqlAnswer, theirs: SqlAnswer): boolean {
  return DIFFERENCES.some((difference) => difference.isIt(sql, ours, theirs));
}
