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

/** The list, kept short: a generator avoids what it can, and what is here must still be true. */
export const DIFFERENCES: readonly KnownDifference[] = Object.freeze([
  {
    name: 'not supported: NaN in numeric(p,s)',
    reason: "Delta's decimal has no NaN; numeric without precision keeps it",
    example: `select 'NaN'::numeric(8,2)`,
    isIt: (_, ours) => isRefused(ours, /^NaN in numeric\(\d+,\d+\)/),
  },
]);

/** Whether the list explains two answers. */
export function isKnownDifference(sql: string, ours: SqlAnswer, theirs: SqlAnswer): boolean {
  return DIFFERENCES.some((difference) => difference.isIt(sql, ours, theirs));
}
