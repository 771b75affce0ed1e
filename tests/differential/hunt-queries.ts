import { type Gene, genes, readGene } from '@millrace/testkit';
import fc from 'fast-check';
import { mustRun, type SqlConnection, type SqlTarget } from '../support/sql-answer.ts';
import { type Mood, type SqlTable, type SqlWorld, setupOf, worldOf } from './sql-world.ts';

/** A problem of one query in one world, or null. */
export type QueryCheck = (gene: Gene, world: SqlWorld) => Promise<string | null>;

/** How long to hunt, and from where: FUZZ_RUNS multiplies, FUZZ_SEED=n|random. */
export interface QueryBudget {
  readonly worlds: number;
  readonly queriesPerWorld: number;
  readonly seed: number;
}

/** The budget of a run as the environment scales it. */
export function budgetOf(worlds: number, queriesPerWorld: number): QueryBudget {
  const factor = Number(process.env['FUZZ_RUNS'] ?? '1');
  const given = process.env['FUZZ_SEED'];
  const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given ?? '20261120');
  return { worlds: Math.ceil(worlds * factor), queriesPerWorld, seed };
}

/** Fills servers with a world, each on a session of its own. */
export async function fillWith(targets: readonly SqlTarget[], world: SqlWorld): Promise<readonly SqlConnection[]> {
  const connections: SqlConnection[] = [];
  for (const target of targets) {
    await target.clear();
    const connection = await target.connect();
    for (const sql of setupOf(world)) await mustRun(connection, sql);
    connections.push(connection);
  }
  return connections;
}

/** Where a hunt goes. */
export interface HuntOptions extends QueryBudget {
  readonly mood: Mood;
  /** Each gets the same schema and rows. */
  readonly targets: readonly SqlTarget[];
  /** Whether what is found is made smaller. Default: yes. */
  readonly shrinks?: boolean;
}

/**
 * Makes worlds, and queries over each, and reports the first problem: seed, the schema and rows, then what `check` says, with the query and the rows
 * made smaller as long as the problem stays.
 */
export async function huntQueries(
  options: HuntOptions,
  checkOn: (connections: readonly SqlConnection[]) => QueryCheck,
): Promise<string | null> {
  const worlds = fc.sample(genes, { seed: options.seed, numRuns: options.worlds });
  for (const [index, worldGene] of worlds.entries()) {
    const world = worldOf(readGene(worldGene), options.mood);
    const found = await huntIn(world, options.seed + index, options, checkOn);
    if (found === null) continue;
    const smaller = options.shrinks === false ? world : await smallerWorld(world, found, options.targets, checkOn);
    const connections = await fillWith(options.targets, smaller);
    const problem = await checkOn(connections)(found, smaller);
    await Promise.all(connections.map((connection) => connection.close()));
    return [`FUZZ_SEED=${options.seed}, world ${index}`, ...setupOf(smaller).map((sql) => `${sql};`), problem].join(
      '\n',
    );
  }
  return null;
}

/** The smallest gene with a problem that fast-check finds in one world. */
async function huntIn(
  world: SqlWorld,
  seed: number,
  options: HuntOptions,
  checkOn: (connections: readonly SqlConnection[]) => QueryCheck,
): Promise<Gene | null> {
  const connections = await fillWith(options.targets, world);
  const check = checkOn(connections);
  try {
    const details = await fc.check(
      fc.asyncProperty(genes, async (gene) => (await check(gene, world)) === null),
      { numRuns: options.queriesPerWorld, seed, unbiased: true, endOnFailure: options.shrinks === false },
    );
    return details.counterexample?.[0] ?? null;
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}

/** Takes rows away: those of a whole table where none matters, else one at a time. */
async function smallerWorld(
  world: SqlWorld,
  gene: Gene,
  targets: readonly SqlTarget[],
  checkOn: (connections: readonly SqlConnection[]) => QueryCheck,
): Promise<SqlWorld> {
  let smallest = world;
  const tryRows = async (table: number, rows: SqlTable['rows']): Promise<boolean> => {
    const old = smallest.tables[table];
    if (old === undefined || old.rows.length === rows.length) return false;
    const candidate: SqlWorld = { tables: smallest.tables.with(table, { ...old, rows }) };
    const connections = await fillWith(targets, candidate);
    const problem = await checkOn(connections)(gene, candidate);
    await Promise.all(connections.map((connection) => connection.close()));
    if (problem !== null) smallest = candidate;
    return problem !== null;
  };
  for (const [table, { rows }] of world.tables.entries()) {
    if (await tryRows(table, [])) continue;
    for (const row of rows)
      await tryRows(
        table,
        (smallest.tables[table]?.rows ?? []).filter((each) => each !== row),
      );
  }
  return smallest;
}
