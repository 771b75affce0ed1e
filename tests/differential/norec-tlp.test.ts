import { pushFilterIntoJoin } from '@millrace/rules';
import { type Choices, readGene } from '@millrace/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filterOnNullableSide } from '../../packages/rules/src/mutants/push-filter-into-join.ts';
import type { SqlAnswer, SqlConnection, SqlTarget } from '../support/sql-answer.ts';
import { startMillraceTarget } from '../support/sql-targets.ts';
import { describeAnswers, linesOf } from './compare-answers.ts';
import { budgetOf, huntQueries, type QueryBudget } from './hunt-queries.ts';
import { exprOf } from './sql-expressions.ts';
import { QueryGenerator, type Source } from './sql-queries.ts';
import { SQL_TYPES, type SqlWorld } from './sql-world.ts';

const TIMEOUT_MS = 600_000;

/** Two queries that must answer alike, whatever the predicate. */
interface QueryPair {
  readonly whole: string;
  readonly parts: string;
}

/** What a relation is made of: a FROM and a predicate over it. */
interface Subject {
  readonly source: Source;
  readonly predicate: string;
  readonly choices: Choices;
  readonly generator: QueryGenerator;
}

function subjectOf(world: SqlWorld, choices: Choices): Subject {
  const generator = new QueryGenerator(world, 'calm');
  const source = generator.source(choices.part());
  return { source, predicate: exprOf('bool', choices.part(), generator.scope(source.columns, 0)), choices, generator };
}

/** The predicate is true, false or unknown of a row, and never two of them. */
const threeWays = (predicate: string): readonly string[] => [predicate, `not (${predicate})`, `(${predicate}) is null`];

/** What the optimizer may push, turn and index, against the same predicate as a mere value: how many rows pass. */
function norec({ source, predicate }: Subject): QueryPair {
  return {
    whole: `select count(*) from ${source.sql} where ${predicate}`,
    parts: `select sum(case when b then 1 else 0 end)::int8 as count from (select (${predicate}) is true as b from ${source.sql} union all select false) s`,
  };
}

/** Rows of the three partitions together are the rows. */
function tlpRows({ source, predicate }: Subject): QueryPair {
  const columns = source.columns.map(({ sql }, i) => `${sql} as c${i + 1}`).join(', ');
  const select = `select ${columns} from ${source.sql}`;
  return {
    whole: select,
    parts: threeWays(predicate)
      .map((where) => `${select} where ${where}`)
      .join(' union all '),
  };
}

/** DISTINCT of the partitions, made distinct once more. */
function tlpDistinct({ source, predicate, choices }: Subject): QueryPair {
  const column = choices.oneOf(source.columns).sql;
  const select = `select distinct ${column} as c1 from ${source.sql}`;
  return {
    whole: select,
    parts: threeWays(predicate)
      .map((where) => `${select} where ${where}`)
      .join(' union '),
  };
}

/** Aggregates of the partitions, aggregated once more, by a key. */
function tlpAggregate({ source, predicate, choices, generator }: Subject): QueryPair {
  const key = choices.oneOf(source.columns).sql;
  const [call, merge] = choices.oneOf<readonly [string, string]>([
    ['count', 'sum'],
    ['min', 'min'],
    ['max', 'max'],
    ['sum', 'sum'],
  ]);
  const types = call === 'sum' ? (['int4', 'numeric(8,2)'] as const) : SQL_TYPES.filter((type) => type !== 'bool');
  const operand = exprOf(
    choices.oneOf<(typeof SQL_TYPES)[number]>(types),
    choices.part(),
    generator.scope(source.columns, null),
    1,
  );
  const select = `select ${key} as k, ${call}(${operand}) as v from ${source.sql}`;
  const parts = threeWays(predicate)
    .map((where) => `${select} where ${where} group by ${key}`)
    .join(' union all ');
  return {
    whole: `select k, ${merge}(v) as v from (${select} group by ${key}) s group by k`,
    parts: `select k, ${merge}(v) as v from (${parts}) s group by k`,
  };
}

/** HAVING cuts groups in three as WHERE cuts rows. */
function tlpHaving({ source, choices, generator }: Subject): QueryPair {
  const key = choices.oneOf(source.columns);
  const predicate = exprOf('bool', choices.part(), generator.scope([key, { sql: 'count(*)', type: 'int8' }], null));
  const select = `select ${key.sql} as k, count(*) as n from ${source.sql} group by ${key.sql}`;
  return {
    whole: select,
    parts: threeWays(predicate)
      .map((having) => `${select} having ${having}`)
      .join(' union all '),
  };
}

/** An inner join's condition is a WHERE, and the three ways of a condition make a cross join. */
function tlpJoin({ choices, generator }: Subject): QueryPair {
  const left = generator.source(choices.part(), 2);
  const right = generator.source(choices.part(), 2);
  const columns = [...left.columns, ...right.columns];
  const on = exprOf('bool', choices.part(), generator.scope(columns, null));
  const select = `select ${columns.map(({ sql }, i) => `${sql} as c${i + 1}`).join(', ')} from ${left.sql}`;
  return {
    whole: `${select} cross join ${right.sql}`,
    parts: threeWays(on)
      .map((way) => `${select} join ${right.sql} on ${way}`)
      .join(' union all '),
  };
}

const LAWS: readonly (readonly [name: string, pair: (subject: Subject) => QueryPair])[] = [
  ['NoREC: a predicate in WHERE and in SELECT', norec],
  ['TLP: rows', tlpRows],
  ['TLP: DISTINCT', tlpDistinct],
  ['TLP: aggregates', tlpAggregate],
  ['TLP: HAVING', tlpHaving],
  ['TLP: joins', tlpJoin],
];

/** What a hunt saw. */
interface Tally {
  rows: number;
  errors: number;
  compared: number;
}

async function checkPair(connection: SqlConnection, { whole, parts }: QueryPair, tally: Tally): Promise<string | null> {
  const answers: readonly [SqlAnswer, SqlAnswer] = [await connection.ask(whole), await connection.ask(parts)];
  tally.compared++;
  if (answers.some(({ kind }) => kind === 'error')) tally.errors++;
  else if (answers[0].kind === 'rows') tally.rows += answers[0].rows.length;
  const [a, b] = answers.map((answer) => linesOf(answer, false).filter((line) => !line.startsWith('types')));
  if (JSON.stringify(a) === JSON.stringify(b)) return null;
  return `${whole};\n${parts};\n${describeAnswers(['whole', 'parts'], answers)}`;
}

function hunt(
  server: SqlTarget,
  pairOf: (subject: Subject) => QueryPair,
  options: QueryBudget & { readonly shrinks?: boolean },
  tally: Tally = { rows: 0, errors: 0, compared: 0 },
): Promise<string | null> {
  return huntQueries(
    { ...options, mood: 'calm', targets: [server] },
    ([connection]) =>
      (gene, world) =>
        checkPair(connection as SqlConnection, pairOf(subjectOf(world, readGene(gene))), tally),
  );
}

describe('laws of generated queries', () => {
  let server: SqlTarget;
  beforeAll(async () => {
    server = await startMillraceTarget();
  });
  afterAll(() => server.close());

  it.each(LAWS)('%s', { timeout: TIMEOUT_MS }, async (_, pairOf) => {
    const tally: Tally = { rows: 0, errors: 0, compared: 0 };
    const problem = await hunt(server, pairOf, budgetOf(1, 50), tally);
    if (problem !== null) expect.fail(problem);
    expect(tally.rows, 'rows').toBeGreaterThan(tally.compared / 4);
    expect(tally.errors / tally.compared, 'share of errors').toBeLessThan(0.05);
  });
});

it('NoREC refutes a rule that pushes a filter into the nullable side', { timeout: TIMEOUT_MS }, async () => {
  const name = pushFilterIntoJoin.name;
  const wrong = { ...filterOnNullableSide, name };
  const server = await startMillraceTarget({ configure: (builder) => builder.replaceRule(name, wrong) });
  try {
    const problem = await hunt(server, norec, { worlds: 20, queriesPerWorld: 50, seed: 1, shrinks: false });
    expect(problem).toContain('whole:');
  } finally {
    await server.close();
  }
});
