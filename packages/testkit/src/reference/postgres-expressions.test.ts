import { readFileSync } from 'node:fs';
import { DEFAULT_FORMAT, MillraceError, standardFunctions, valueToText } from '@millrace/core';
import { bindStatement, columnsOf, libpgFrontend } from '@millrace/planner';
import { beforeAll, expect, it } from 'vitest';
import { FIXTURE_CATALOG } from '../gen/tables.ts';
import { interpret } from './interpreter.ts';

/** What PostgreSQL 15 answers (upper and lower by the rules of a UTF-8 locale): an expression, its text (null for NULL), and the SQLSTATE where it fails instead. */
type Answer = readonly [expr: string, text: string | null, sqlstate?: string];
const ANSWERS = JSON.parse(
  readFileSync(new URL('./postgres-expressions.json', import.meta.url), 'utf8'),
) as readonly Answer[];

/** Documented differences: numeric(p,s) is a decimal128, which has no NaN. */
const OURS: ReadonlyMap<string, Answer> = new Map(
  ["'NaN'::numeric::numeric(5,2)", "'NaN'::text::numeric(5,2)"].map((expr) => [expr, [expr, null, '0A000']]),
);

const frontend = libpgFrontend();
beforeAll(() => frontend.load());

function answer(expr: string): Answer {
  try {
    const [parsed] = frontend.parse(`SELECT ${expr}`);
    if (parsed === undefined) return expect.fail('no statement');
    const environment = { catalog: FIXTURE_CATALOG, functions: standardFunctions, parameterTypes: [] };
    const { plan } = bindStatement(parsed.statement, environment);
    const [row] = interpret(plan, {
      database: new Map(),
      environment: { parameters: [], random: () => 0 },
      inserted: [],
    });
    const [column] = columnsOf(plan);
    if (row === undefined || column === undefined) return expect.fail('no row');
    const value = row.values.get(column.id) ?? null;
    return [expr, value === null ? null : valueToText(column.type, value, DEFAULT_FORMAT)];
  } catch (error) {
    if (error instanceof MillraceError) return [expr, null, error.sqlstate];
    throw error;
  }
}

it('the reference interpreter answers as PostgreSQL does', () => {
  expect(ANSWERS.length).toBeGreaterThan(3000);
  const wrong = ANSWERS.flatMap((recorded) => {
    const expected = OURS.get(recorded[0]) ?? recorded;
    const actual = answer(expected[0]);
    return JSON.stringify(actual) === JSON.stringify(expected) ? [] : [{ expected, actual }];
  });
  expect(wrong).toEqual([]);
});
