import { createHash } from 'node:crypto';
import type { SqlAnswer } from '../support/sql-answer.ts';
import type { ErrorExpectation, Expectation, SltRecord, SortMode } from './slt-file.ts';

/** A letter for each kind of column, as other PostgreSQL-flavoured runners have them; `?` is everything else. */
const LETTERS: readonly (readonly [letter: string, oids: readonly number[]])[] = [
  ['B', [16]],
  ['I', [20, 21, 23]],
  ['R', [700, 701, 1700]],
  ['T', [18, 19, 25, 1042, 1043]],
  ['D', [1082]],
  ['P', [1114, 1184]],
];

/** The letter of a column's type: B(oolean), I(nteger), R(eal and numeric), T(ext), D(ate), P(oint in time), or ?. */
export function typeLetter(oid: number): string {
  return LETTERS.find(([, oids]) => oids.includes(oid))?.[0] ?? '?';
}

/** One value on a line of values: no line breaks, no tabs, never nothing. */
export function printValue(value: string | null): string {
  if (value === null) return 'NULL';
  if (value === '') return '(empty)';
  return value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

/** The lines of a result as a file has them: values with tabs between, or one line with a hash of them all. */
export function printRows(
  answer: Extract<SqlAnswer, { kind: 'rows' }>,
  options: { readonly sort: SortMode; readonly showsNames: boolean; readonly hashThreshold: number },
): readonly string[] {
  const rows = answer.rows.map((row) => row.map(printValue));
  const head = options.showsNames ? [answer.columns.map(({ name }) => printValue(name)).join('\t')] : [];
  const values = rows.flat();
  if (options.sort === 'valuesort') values.sort(byBytes);
  const lines = options.sort === 'valuesort' ? values : rows.map((row) => row.join('\t'));
  if (options.sort === 'rowsort') lines.sort(byBytes);
  if (options.hashThreshold > 0 && values.length > options.hashThreshold) {
    const hash = createHash('md5').update(lines.map((line) => `${line}\n`).join(''));
    return [...head, `${values.length} values hashing to ${hash.digest('hex')}`];
  }
  return [...head, ...lines];
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const IGNORE = '<slt:ignore>';

/** Whether a line is what the file says; `<slt:ignore>` stands for any text. */
function isExpectedLine(actual: string | undefined, expected: string): boolean {
  if (actual === undefined || !expected.includes(IGNORE)) return actual === expected;
  const pattern = expected.split(IGNORE).map(escapePattern).join('.*');
  return new RegExp(`^${pattern}$`, 's').test(actual);
}

/** Text as a pattern that matches nothing else. */
export function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** How many rows a command changed, by its tag. */
function countOf(answer: SqlAnswer): number | null {
  if (answer.kind === 'rows') return answer.rows.length;
  if (answer.kind === 'error') return null;
  const count = /^(?:INSERT 0|UPDATE|DELETE|MERGE|COPY|SELECT) (\d+)$/.exec(answer.tag)?.[1];
  return count === undefined ? null : Number(count);
}

/** What is wrong with an answer, or null. */
export function judge(expectation: Expectation, answer: SqlAnswer, hashThreshold: number): string | null {
  if (expectation.kind === 'error') return judgeError(expectation.error, answer);
  if (answer.kind === 'error') return `failed: ${answer.sqlstate} ${answer.message}`;
  switch (expectation.kind) {
    case 'ok':
      return null;
    case 'count': {
      const count = countOf(answer);
      return count === expectation.count ? null : `expected ${expectation.count} rows, got ${count ?? 'no count'}`;
    }
    case 'rows': {
      if (answer.kind !== 'rows') return `expected rows, got "${answer.tag}"`;
      const types = answer.columns.map(({ typeOid }) => typeLetter(typeOid)).join('');
      if (types !== expectation.types) return `expected columns of types ${expectation.types}, got ${types}`;
      return compareLines(expectation.lines, printRows(answer, { ...expectation, hashThreshold }));
    }
    default:
      expectation satisfies never;
      return null;
  }
}

function judgeError({ sqlstate, message }: ErrorExpectation, answer: SqlAnswer): string | null {
  const wanted = `${sqlstate ?? 'an error'}${message === null ? '' : ` matching ${message}`}`;
  if (answer.kind !== 'error') return `expected ${wanted}, got no error`;
  const isRight = (sqlstate ?? answer.sqlstate) === answer.sqlstate && (message?.test(answer.message) ?? true);
  return isRight ? null : `expected ${wanted}, got ${answer.sqlstate} ${answer.message}`;
}

function compareLines(expected: readonly string[], actual: readonly string[]): string | null {
  const length = Math.max(expected.length, actual.length);
  const differs = Array.from({ length }, (_, i) => i).filter((i) => !isExpectedLine(actual[i], expected[i] ?? ''));
  if (expected.length === actual.length && differs.length === 0) return null;
  const show = (lines: readonly string[]): string => lines.map((line) => `    ${line}`).join('\n') || '    (no rows)';
  return `expected\n${show(expected)}\n  got\n${show(actual)}`;
}

/** The head of a record and the lines below its SQL that expect just this answer; what the head said of sorting, names and label stays. */
export function complete(
  verb: SltRecord['verb'],
  expectation: Expectation,
  answer: SqlAnswer,
  hashThreshold: number,
): { readonly head: string; readonly below: readonly string[] } {
  if (answer.kind === 'error') {
    const pattern = escapePattern(answer.message.replace(/\s+/g, ' '));
    return { head: `${verb} error ${answer.sqlstate} ${pattern}`, below: [] };
  }
  if (verb === 'statement' || answer.kind === 'done') {
    const head = expectation.kind === 'count' ? `statement count ${countOf(answer) ?? 0}` : 'statement ok';
    return { head, below: [] };
  }
  const rows =
    expectation.kind === 'rows'
      ? expectation
      : ({ sort: 'nosort', showsNames: false, label: null, lines: [] } as const);
  const types = answer.columns.map(({ typeOid }) => typeLetter(typeOid)).join('');
  const words = [rows.sort === 'nosort' ? '' : rows.sort, rows.showsNames ? 'colnames' : '', rows.label ?? ''];
  const printed = printRows(answer, { sort: rows.sort, showsNames: rows.showsNames, hashThreshold });
  // A line with a part to ignore stays as it is while it is still true.
  const lines = printed.map((line, i) => {
    const old = rows.lines[i];
    return old?.includes(IGNORE) && isExpectedLine(line, old) ? old : line;
  });
  return { head: ['query', types, ...words.filter((word) => word !== '')].join(' '), below: ['----', ...lines] };
}
