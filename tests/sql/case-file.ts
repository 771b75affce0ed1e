import type pg from 'pg';

/** One text sent as one simple query, and the lines of its answer (see `answerOf`). */
export interface SqlCase {
  readonly sql: string;
  readonly answer: readonly string[];
  /** Why the answer is not PostgreSQL's (docs/differences.md says more); null where it is. Such a statement is not recorded. */
  readonly difference: string | null;
}

/**
 * Cases are separated by a blank line: the statement's lines, then its answer, indented. `#` starts a line of prose, an answer that begins with
 * `~ reason` is millrace's own.
 */
export function parseCases(text: string): readonly SqlCase[] {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
    .filter((lines) => lines.length > 0)
    .map((lines) => {
      const answer = lines.filter((line) => line.startsWith('  ')).map((line) => line.slice(2));
      return {
        sql: lines.filter((line) => !line.startsWith('  ')).join('\n'),
        answer: answer.filter((line) => !line.startsWith('~ ')),
        difference: answer.find((line) => line.startsWith('~ '))?.slice(2) ?? null,
      };
    });
}

/** The prose above the first case, kept when answers are recorded anew. */
export function proseOf(text: string): string {
  return text
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .map((line) => `${line}\n`)
    .join('');
}

/** The text `parseCases` reads. */
export function printCases(cases: readonly SqlCase[]): string {
  return cases
    .map(({ sql, answer, difference }) =>
      [sql, ...[...(difference === null ? [] : [`~ ${difference}`]), ...answer].map((line) => `  ${line}`)].join('\n'),
    )
    .join('\n\n');
}

/** What node-pg hands to a query object that speaks for itself. */
interface ErrorFields {
  readonly code: string | undefined;
  readonly message: string | undefined;
  readonly position: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
}

function printProblem(mark: string, problem: ErrorFields): string {
  const place = problem.position === undefined ? '' : ` @${problem.position}`;
  const detail = problem.detail === undefined ? '' : ` DETAIL ${problem.detail}`;
  const hint = problem.hint === undefined ? '' : ` HINT ${problem.hint}`;
  return `${mark}${problem.code}${place} ${problem.message}${detail}${hint}`.replaceAll('\n', ' ');
}

/**
 * Everything the server says to one simple query, a line each:
 *
 *     : name:oid ...          RowDescription
 *     ["1",null]              DataRow, values as text
 *     = SELECT 1              CommandComplete
 *     !22012 @9 message       ErrorResponse (`@` is its position), then DETAIL and HINT
 *     ^42622 message          NoticeResponse
 *
 * An error takes the lines of the result it ended with it: PostgreSQL evaluates constants before it describes them.
 */
export function answerOf(client: pg.Client, sql: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const onNotice = (notice: ErrorFields): void => {
    lines.push(printProblem('^', notice));
  };
  client.on('notice', onNotice);
  return new Promise<readonly string[]>((resolve) => {
    const end = (): void => {
      client.off('notice', onNotice);
      resolve(lines);
    };
    client.query({
      submit: (connection: { query(text: string): void }) => connection.query(sql),
      handleRowDescription: (message: { fields: { name: string; dataTypeID: number }[] }) =>
        lines.push(`:${message.fields.map((field) => ` ${field.name}:${field.dataTypeID}`).join('')}`),
      handleDataRow: (message: { fields: (string | null)[] }) => lines.push(JSON.stringify(message.fields)),
      handleCommandComplete: (message: { text: string }) => lines.push(`= ${message.text}`),
      handleEmptyQuery: () => lines.push('empty'),
      handleError: (error: ErrorFields) => {
        while (/^[:[]/.test(lines.at(-1) ?? '')) lines.pop();
        lines.push(printProblem('!', error));
        end();
      },
      handleReadyForQuery: end,
    } as unknown as pg.Submittable);
  });
}

/** Rows in any order where the statement asks for none: what two engines must agree on. */
export function comparableAnswer(sql: string, answer: readonly string[]): readonly string[] {
  return /order by/i.test(sql) ? answer : [...answer].sort();
}
