import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rowsOf, startTestServer, type TestServer } from '../support/test-server.ts';

// The plan cache changes nothing: a text that came before answers as one that never did (the same with a comment of its own), in two sessions, while
// tables are dropped and made anew with other columns, and settings that plans depend on change.
const DEFINITIONS = [
  'k int4, x int4',
  'k int4, x text',
  'k int8, x int4, y int4',
  'x int4, k int4',
  'k int4 NOT NULL, x numeric(5,2)',
  'k int4, x int4) PARTITION BY LIST (k',
];
const QUERIES = [
  'SELECT * FROM t',
  'SELECT x FROM t WHERE k > 0 ORDER BY 1',
  'SELECT count(*), min(x) FROM t',
  'SELECT t.k, v.x FROM t JOIN v ON t.k = v.k ORDER BY 1, 2',
  'SELECT x + 1 FROM t ORDER BY 1',
  'SELECT k FROM t WHERE x::text = $1 ORDER BY 1',
  'SELECT EXISTS (SELECT FROM v WHERE v.k = t.k) FROM t ORDER BY 1',
  'INSERT INTO t (k) VALUES (7) RETURNING 1',
  'INSERT INTO t (k, x) VALUES (1, $1)',
];
const NAMES = ['t', 'v'];
const SETTINGS = [
  "SET search_path = 'pg_catalog'",
  'RESET search_path',
  "SET millrace.disabled_rules = 'push-filter-into-scan'",
  "SET millrace.disabled_rules = 'all'",
  'RESET millrace.disabled_rules',
];

interface TableStep {
  readonly kind: 'table';
  readonly isNew: boolean;
  readonly name: string;
  readonly definition: string;
}
interface SetStep {
  readonly kind: 'set';
  readonly sql: string;
}
interface QueryStep {
  readonly kind: 'query';
  readonly sql: string;
  readonly parameter: string;
}
type Step = TableStep | SetStep | QueryStep;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record<TableStep>({
      kind: fc.constant('table'),
      isNew: fc.boolean(),
      name: fc.constantFrom(...NAMES),
      definition: fc.constantFrom(...DEFINITIONS),
    }),
  },
  { weight: 1, arbitrary: fc.record<SetStep>({ kind: fc.constant('set'), sql: fc.constantFrom(...SETTINGS) }) },
  {
    weight: 5,
    arbitrary: fc.record<QueryStep>({
      kind: fc.constant('query'),
      sql: fc.constantFrom(...QUERIES),
      parameter: fc.constantFrom('1', '2.00', 'a'),
    }),
  },
);
const stories = fc.array(fc.tuple(step, fc.nat({ max: 1 })), { minLength: 60, maxLength: 60 });

let server: TestServer;
let clients: readonly pg.Client[];
beforeAll(async () => {
  server = await startTestServer();
  clients = [await server.connect(), await server.connect()];
});
afterAll(() => server.close());

async function answer(client: pg.Client, sql: string, parameters: readonly string[]): Promise<string> {
  try {
    return JSON.stringify(await rowsOf(client, sql, parameters));
  } catch (error) {
    return String((error as { readonly code?: string }).code);
  }
}

let comments = 0;

/** A query's answers from the cache and past it, in a transaction that is undone, so that an INSERT is tried twice on the same rows. */
async function twice(client: pg.Client, { sql, parameter }: QueryStep): Promise<readonly string[]> {
  const parameters = sql.includes('$1') ? [parameter] : [];
  const answers: string[] = [];
  for (const text of [sql, sql.replace(' ', ` /* ${++comments} */ `)]) {
    await client.query('BEGIN');
    answers.push(
      `${await answer(client, text, parameters)} ${await answer(client, 'SELECT count(*) FROM public.t', [])}`,
    );
    await client.query('ROLLBACK');
  }
  return answers;
}

it('answers as if every statement were new', { timeout: 60_000 }, async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(stories, async (story) => {
      for (const [step, session] of story) {
        const client = clients[session];
        if (client === undefined) return expect.fail('a session');
        if (step.kind === 'table') {
          if (step.isNew) {
            await client.query(`DROP TABLE IF EXISTS public.${step.name}`);
            await client.query(`CREATE TABLE public.${step.name} (${step.definition})`);
          }
          await answer(client, `INSERT INTO public.${step.name} VALUES (1, 2), (2, 1), (2, 3)`, []);
        } else if (step.kind === 'set') {
          await client.query(step.sql);
        } else {
          const [cached, fresh] = await twice(client, step);
          expect(cached, step.sql).toBe(fresh);
          seen.add(`${step.sql} ${cached}`);
        }
      }
    }),
    { numRuns: Math.ceil(2 * Number(process.env['FUZZ_RUNS'] ?? 1)), seed: 5, endOnFailure: true },
  );
  expect(seen.size).toBeGreaterThan(20);
});
