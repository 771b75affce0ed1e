import type { SqlAnswer } from '../support/sql-answer.ts';
import type { GeneratedQuery } from './sql-queries.ts';

const FLOAT8 = 701;

/** Which of two equal values a group keeps is nobody's promise: -0 is 0. */
function printValue(value: string | null, typeOid: number | undefined): string {
  return value === null ? 'NULL' : JSON.stringify(typeOid === FLOAT8 && value === '-0' ? '0' : value);
}

/** An answer as lines: types, then rows, sorted unless their order means something; or the error's SQLSTATE. */
export function linesOf(answer: SqlAnswer, isOrdered: boolean): readonly string[] {
  switch (answer.kind) {
    case 'error':
      return [`error ${answer.sqlstate}`];
    case 'done':
      return [answer.tag];
    case 'rows': {
      const { columns, rows } = answer;
      const lines = rows.map((row) => row.map((value, i) => printValue(value, columns[i]?.typeOid)).join(', '));
      return [
        `types ${columns.map(({ name, typeOid }) => `${name}:${typeOid}`).join(', ')}`,
        ...(isOrdered ? lines : lines.sort()),
      ];
    }
    default:
      answer satisfies never;
      return [];
  }
}

/** Both answers side by side, for people. */
export function describeAnswers(names: readonly [string, string], answers: readonly [SqlAnswer, SqlAnswer]): string {
  const show = (answer: SqlAnswer): string =>
    answer.kind === 'error'
      ? `  error ${answer.sqlstate} ${answer.message}`
      : linesOf(answer, true)
          .map((line) => `  ${line}`)
          .join('\n');
  return names.map((name, i) => `${name}:\n${show(answers[i] as SqlAnswer)}`).join('\n');
}

/** Whether two servers said the same to a query. */
export function agree(query: Pick<GeneratedQuery, 'isOrdered'>, ours: SqlAnswer, theirs: SqlAnswer): boolean {
  const [a, b] = [linesOf(ours, query.isOrdered), linesOf(theirs, query.isOrdered)];
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
