import { isDeepStrictEqual } from 'node:util';
import { MillraceError } from '@millrace/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bindStatement } from '../../bind/bind-statement.ts';
import { FUNCTIONS, SNAPSHOT } from '../../bind/fixtures/binding.ts';
import { planDigest } from '../../plan/plan-digest.ts';
import type { AstStatement, ParsedStatement, SqlFrontend } from '../ast.ts';
import { libpgFrontend } from '../libpg/libpg-frontend.ts';
import { portableFrontend } from './portable-frontend.ts';
import { choicesOf, RandomSql } from './testing/random-sql.ts';

const RUNS = Number(process.env['FUZZ_RUNS'] ?? 10_000);
const SEED = Number(process.env['FUZZ_SEED'] ?? 0);
const portable: SqlFrontend = portableFrontend();
const libpg: SqlFrontend = libpgFrontend();
beforeAll(async () => {
  await portable.load();
  await libpg.load();
});

type Outcome = { readonly statements: readonly ParsedStatement[] } | { readonly error: MillraceError };

function outcomeOf(frontend: SqlFrontend, sql: string): Outcome {
  try {
    return { statements: frontend.parse(sql) };
  } catch (error) {
    if (error instanceof MillraceError && error.key !== 'internal') return { error };
    throw new Error(`${frontend.name} failed on ${sql}`, { cause: error });
  }
}

/** The plan's digest and its parameters, or how binding fails. */
function bound(statement: AstStatement): string {
  try {
    const { plan, parameterTypes } = bindStatement(statement, {
      catalog: SNAPSHOT,
      functions: FUNCTIONS,
      parameterTypes: [],
    });
    return `${planDigest(plan)} ${JSON.stringify(parameterTypes)}`;
  } catch (error) {
    if (error instanceof MillraceError) return `${error.sqlstate} ${error.message}`;
    throw error;
  }
}

interface Tally {
  same: number;
  bound: number;
  refusedByBoth: number;
  notSupported: number;
}

function compare(sql: string, tally: Tally): void {
  const ours = outcomeOf(portable, sql);
  const theirs = outcomeOf(libpg, sql);
  if ('error' in ours) {
    const { sqlstate, message } = ours.error;
    if ('error' in theirs) tally.refusedByBoth++;
    else if (sqlstate === '0A000' && message.endsWith('is not supported by this front end')) tally.notSupported++;
    else throw new Error(`${sqlstate} ${message} for valid SQL: ${sql}`);
    return;
  }
  if ('error' in theirs) throw new Error(`accepted what PostgreSQL refuses (${theirs.error.message}): ${sql}`);
  if (!isDeepStrictEqual(ours.statements, theirs.statements)) {
    expect(ours.statements, sql).toEqual(theirs.statements);
  }
  const [first] = ours.statements;
  const [other] = theirs.statements;
  tally.same++;
  // The others name tables and columns that are nowhere.
  if (first?.statement.kind !== 'query' || !sql.includes(' as n, ')) return;
  const plan = bound(first.statement);
  expect(plan, sql).toBe(bound(other!.statement));
  if (!/^[0-9A-Z]{5} /.test(plan)) tally.bound++;
}

describe('beside libpg-query', () => {
  it(`${RUNS} random statements: what is accepted is the same tree, positions and all, and the same plan; what is valid and refused says so`, () => {
    const tally: Tally = { same: 0, bound: 0, refusedByBoth: 0, notSupported: 0 };
    for (let i = 0; i < RUNS; i++) compare(new RandomSql(choicesOf(SEED + i)).statement(), tally);
    console.log(`portable front end, ${RUNS} random statements: ${JSON.stringify(tally)}`);
    expect(tally.same / RUNS).toBeGreaterThan(0.7);
    expect(tally.bound / RUNS).toBeGreaterThan(0.02);
    expect(tally.notSupported / RUNS).toBeLessThan(0.12);
  }, 600_000);
});
