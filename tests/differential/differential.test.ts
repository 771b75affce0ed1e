import { readFileSync } from 'node:fs';
import type { EngineBuilder } from '@millrace/engine';
import { pushFilterIntoJoin } from '@millrace/rules';
import { readGene } from '@millrace/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { onIntoPreservedSide } from '../../packages/rules/src/mutants/push-filter-into-join.ts';
import { startPgliteTarget } from '../support/pglite-target.ts';
import type { SqlAnswer, SqlConnection, SqlTarget } from '../support/sql-answer.ts';
import { startMillraceTarget, startPostgresTarget } from '../support/sql-targets.ts';
import { agree, describeAnswers } from './compare-answers.ts';
import { DIFFERENCES, isKnownDifference } from './differences.ts';
import { budgetOf, huntQueries } from './hunt-queries.ts';
import { type GeneratedQuery, QueryGenerator } from './sql-queries.ts';

// The oracle is PGlite, which is always there; ORACLE=postgres takes the installed PostgreSQL (`.ci/run` does).
const ORACLE = process.env['ORACLE'] ?? 'pglite';
const DOCUMENTED = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
const TIMEOUT_MS = 600_000;

async function startOracle(): Promise<SqlTarget> {
  if (ORACLE === 'pglite') return startPgliteTarget();
  return (await startPostgresTarget()) ?? expect.fail('no PostgreSQL is installed, and POSTGRES_URL names none');
}

describe(`millrace and ${ORACLE}`, () => {
  let ours: SqlTarget;
  let theirs: SqlTarget;
  const seen = { rows: 0, empty: 0, errors: 0, known: 0 };
  beforeAll(async () => {
    [ours, theirs] = await Promise.all([startMillraceTarget(), startOracle()]);
  });
  afterAll(async () => {
    await ours.close();
    await theirs.close();
  });

  function note(answer: SqlAnswer): void {
    if (answer.kind === 'error') seen.errors++;
    else if (answer.kind === 'rows' && answer.rows.length > 0) seen.rows++;
    else seen.empty++;
  }

  async function compare(connections: readonly SqlConnection[], query: GeneratedQuery): Promise<string | null> {
    const [a, b] = (await Promise.all(connections.map((each) => each.ask(query.sql)))) as [SqlAnswer, SqlAnswer];
    note(a);
    if (agree(query, a, b)) return null;
    if (isKnownDifference(query.sql, a, b)) {
      seen.known++;
      return null;
    }
    return `${query.sql};\n${describeAnswers(['millrace', theirs.name], [a, b])}`;
  }

  const targets = (): readonly SqlTarget[] => [ours, theirs];

  it('answer generated queries alike: values, types, errors', { timeout: TIMEOUT_MS }, async () => {
    const problem = await huntQueries(
      { ...budgetOf(2, 100), mood: 'calm', targets: targets() },
      (connections) => (gene, world) => compare(connections, new QueryGenerator(world, 'calm').query(readGene(gene))),
    );
    if (problem !== null) expect.fail(problem);
    expect(seen.rows / (seen.rows + seen.empty), 'share of answers with rows').toBeGreaterThan(0.3);
    expect(seen.errors / (seen.rows + seen.empty), 'share of errors').toBeLessThan(0.05);
  });

  it('answer expressions that may fail alike, SQLSTATE by SQLSTATE', { timeout: TIMEOUT_MS }, async () => {
    seen.rows = seen.errors = 0;
    const problem = await huntQueries(
      { ...budgetOf(2, 100), mood: 'wild', targets: targets() },
      (connections) => async (gene, world) => {
        const { whole, byRow } = new QueryGenerator(world, 'wild').expression(readGene(gene));
        if ((await compare(connections, whole)) === null) return null;
        for (const query of byRow) {
          const difference = await compare(connections, query);
          if (difference !== null) return difference;
        }
        return null;
      },
    );
    if (problem !== null) expect.fail(problem);
    expect(seen.rows, 'answers').toBeGreaterThan(0);
    expect(seen.errors, 'errors').toBeGreaterThan(0);
  });

  it('refute a rule that drops rows of the preserved side', { timeout: TIMEOUT_MS }, async () => {
    const name = pushFilterIntoJoin.name;
    const configure = (builder: EngineBuilder) => builder.replaceRule(name, { ...onIntoPreservedSide, name });
    const wrong = await startMillraceTarget({ configure });
    try {
      const problem = await huntQueries(
        { worlds: 20, queriesPerWorld: 50, seed: 1, shrinks: false, mood: 'calm', targets: [wrong, theirs] },
        (connections) => (gene, world) => compare(connections, new QueryGenerator(world, 'calm').query(readGene(gene))),
      );
      expect(problem).toContain('millrace:');
    } finally {
      await wrong.close();
    }
  });

  it.each(DIFFERENCES)('differ, and only so: $name', async ({ name, example, isIt }) => {
    expect(DOCUMENTED).toContain(`\n## ${name}\n`);
    const [ourSession, theirSession] = await Promise.all([ours.connect(), theirs.connect()]);
    const [a, b] = await Promise.all([ourSession.ask(example), theirSession.ask(example)]);
    await Promise.all([ourSession.close(), theirSession.close()]);
    expect(agree({ isOrdered: false }, a, b), describeAnswers(['millrace', theirs.name], [a, b])).toBe(false);
    expect(isIt(example, a, b), describeAnswers(['millrace', theirs.name], [a, b])).toBe(true);
  });
});
