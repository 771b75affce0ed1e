import {
  type DataType,
  DEFAULT_FORMAT,
  MillraceError,
  standardFunctions,
  type Value,
  valueToText,
} from '@millrace/core';
import { bindStatement, columnsOf, type LogicalPlan, libpgFrontend } from '@millrace/planner';
import { databases, interpret, type ReferenceDatabase } from '@millrace/testkit';
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';
import { QUERIES } from './statements.ts';
import { catalog, columnQueries, createTables, insert, onDeltaTables, type Query, STORED } from './stored-tables.ts';

// The same queries over the same rows, wherever the rows are: in the buffer, half of them in files, in files, in files that were written together,
// and after a restart. Each time a server answers over the wire what the reference interpreter answers.
/** Which rows a limit without order takes is free. */
const isDetermined = (sql: string): boolean => !/\(SELECT k FROM a (?:WHERE x > 0 )?LIMIT/.test(sql);

const frontend = libpgFrontend();

function planOf(sql: string): LogicalPlan {
  const [parsed] = frontend.parse(sql);
  if (parsed === undefined) return expect.fail('no statement');
  return bindStatement(parsed.statement, { catalog, functions: standardFunctions, parameterTypes: [] }).plan;
}

const isSorted = (plan: LogicalPlan): boolean =>
  plan.kind === 'sort' || ((plan.kind === 'limit' || plan.kind === 'project') && isSorted(plan.input));

const isError = (answer: readonly string[]): boolean => /^[0-9A-Z]{5}$/.test(answer[0] ?? '') && answer.length === 1;

/** Lines of text, in order where the query orders; the SQLSTATE where it fails. */
function expectedAnswer({ sql, parameters }: Query, database: ReferenceDatabase): readonly string[] {
  const plan = planOf(sql);
  try {
    const rows = interpret(plan, { database, environment: { parameters, random: () => 0 }, inserted: [] });
    const lines = rows.map((row) =>
      columnsOf(plan)
        .map(({ id, type }) => textOf(row.values.get(id) ?? null, type))
        .join(' | '),
    );
    return isSorted(plan) ? lines : lines.sort();
  } catch (error) {
    if (error instanceof MillraceError) return [error.sqlstate];
    throw error;
  }
}

const textOf = (value: Value, type: DataType): string =>
  value === null ? 'NULL' : valueToText(type, value, DEFAULT_FORMAT);

async function actualAnswer(client: pg.Client, { sql, parameters }: Query): Promise<readonly string[]> {
  try {
    const rows = await rowsOf(client, sql, parameters);
    const lines = rows.map((row) => row.map((cell) => (cell === null ? 'NULL' : String(cell))).join(' | '));
    return isSorted(planOf(sql)) ? lines : lines.sort();
  } catch (error) {
    return [(error as { readonly code?: string }).code ?? String(error)];
  }
}

describe('the same queries', { timeout: 60_000 }, () => {
  const [first = new Map(), second = new Map()] = fc.sample(databases, { numRuns: 2, seed: 97 });
  const both: ReferenceDatabase = new Map(
    STORED.map((name) => [name, [...(first.get(name) ?? []), ...(second.get(name) ?? [])]]),
  );
  let queries: readonly Query[] = [];
  let server: TestServer;
  let client: pg.Client;
  let filesBefore = 0;

  beforeAll(async () => {
    await frontend.load();
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
      return (state >>> 8) % below;
    };
    const statements = QUERIES.filter((sql, i) => i % 2 === 0 && isDetermined(sql)).map((sql): Query => {
      const [parsed] = frontend.parse(sql);
      const bound =
        parsed && bindStatement(parsed.statement, { catalog, functions: standardFunctions, parameterTypes: [] });
      return { sql, parameters: (bound?.parameterTypes ?? []).map((type) => (type.kind === 'int8' ? 1n : 1)) };
    });
    queries = [...statements, ...columnQueries(both, random)];
    server = await startTestServer();
    client = await server.connect();
    await createTables(client);
    await insert(client, first);
  });
  afterAll(() => server.close());

  async function compare(database: ReferenceDatabase): Promise<void> {
    let rows = 0;
    const wrong: unknown[] = [];
    for (const query of queries) {
      const expected = expectedAnswer(query, database);
      const actual = await actualAnswer(client, query);
      // Errors may vanish: what fails may not be evaluated.
      if (isError(expected) && !isError(actual)) continue;
      rows += expected.length;
      if (JSON.stringify(actual) !== JSON.stringify(expected)) wrong.push({ sql: query.sql, expected, actual });
    }
    expect(wrong).toEqual([]);
    expect(rows).toBeGreaterThan(queries.length);
  }

  it('in the buffer', async () => {
    await compare(first);
  });

  it('half in files, half in the buffer', async () => {
    await client.query('CHECKPOINT');
    await insert(client, second);
    await compare(both);
  });

  it('after a flush', async () => {
    await client.query('CHECKPOINT');
    await onDeltaTables(server.directory, async (table) => {
      filesBefore += table.snapshot?.files.size ?? 0;
    });
    expect(filesBefore).toBeGreaterThan(STORED.length);
    await compare(both);
  });

  it('after compaction', async () => {
    let files = 0;
    await onDeltaTables(server.directory, async (table) => {
      expect(['committed', 'nothing']).toContain((await table.compact()).status);
      files += table.snapshot?.files.size ?? 0;
    });
    expect(files).toBeLessThan(filesBefore);
    await compare(both);
  });

  it('after a restart', async () => {
    server = await server.restart();
    client = await server.connect();
    await compare(both);
  });
});
