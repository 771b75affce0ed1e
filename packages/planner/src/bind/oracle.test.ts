import { readFileSync } from 'node:fs';
import { MillraceError } from '@millrace/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bind, loadFrontend, typesOf } from './fixtures/binding.ts';

beforeAll(loadFrontend);

/** A line of SQL, then what the oracle said, indented. */
function casesOf(file: string): readonly (readonly [sql: string, expected: string])[] {
  const lines = readFileSync(new URL(`./fixtures/${file}`, import.meta.url), 'utf8')
    .replace(/\n$/, '')
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  return lines.flatMap((line, i) => (i % 2 === 0 ? [[line, lines[i + 1]!.slice(2)] as const] : []));
}

function errorOf(sql: string): string {
  try {
    bind(sql);
  } catch (error) {
    if (!(error instanceof MillraceError)) throw error;
    const { position = 0, hint, detail } = error.info;
    const more = `${hint === undefined ? '' : ` HINT ${hint}`}${detail === undefined ? '' : ` DETAIL ${detail}`}`;
    return `${error.sqlstate} @${position} ${error.message}${more}`;
  }
  return 'no error';
}

describe('as PostgreSQL 15', () => {
  it.each(casesOf('oracle-types.txt'))('types of %s', (sql, expected) => {
    expect(typesOf(sql)).toBe(expected);
  });

  it.each(casesOf('oracle-errors.txt'))('error of %s', (sql, expected) => {
    expect(errorOf(sql)).toBe(expected);
  });
});
