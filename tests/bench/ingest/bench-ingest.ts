import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawMemory } from './draw-memory.ts';
import { goalsTable } from './goals.ts';
import { startMillraceTarget } from './millrace-target.ts';
import { HELP, type IngestOptions, readIngestOptions } from './options.ts';
import { startPostgresTarget } from './postgres-target.ts';
import { alignedTable, costsTable, type Measured, machine, ratesTable, whyNoisy } from './report.ts';
import { type BenchRow, makeRows } from './rows.ts';
import { type Run, runWorkload } from './run-workload.ts';
import type { Target } from './target.ts';
import { enlargeCopy, makeUnits, retarget, type Units } from './units.ts';
import { verifyTables } from './verify.ts';
import { allWorkloads, mainWorkloads, type Workload } from './workloads.ts';

const WARM_UP = 0.5;
const WARM_UP_SECONDS_MAX = 5;
const STOP_MS_MAX = 30_000;
const FIRST_TABLE = 'bench_00000';

/** `npm run bench -- ingest`: rates of writing, beside PostgreSQL where it is installed. */
export async function benchIngest(args: readonly string[]): Promise<void> {
  const options = readIngestOptions(args);
  if (options === null) return void process.stdout.write(HELP);
  const workloads = select(options);
  if (options.list) return void console.log(workloads.map(({ name }) => name).join('\n'));
  if (workloads.length === 0) throw new Error('no workload has such a name; --list prints them');
  // Before the servers start.
  const noise = whyNoisy();
  const targets: Target[] = [];
  let stopped: Promise<unknown> | null = null;
  const stop = (): Promise<unknown> => {
    stopped ??= Promise.all(targets.map((target) => target.close()));
    return stopped;
  };
  // What was measured so far is still printed; whatever hangs does not keep the process.
  const interrupt = (): void => {
    process.exitCode = 130;
    setTimeout(() => process.exit(), STOP_MS_MAX).unref();
    void stop();
  };
  // Not `once`: npm and the terminal both send Ctrl-C's SIGINT.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, interrupt);
  // `| head` took what it wanted.
  process.stdout.once('error', interrupt);
  try {
    targets.push(await startMillraceTarget({ ...options, parent: options.directory }));
    const postgres = options.postgres ? await startPostgresTarget(options.directory) : null;
    if (postgres !== null) targets.push(postgres);
    else if (options.postgres)
      console.log('PostgreSQL is not installed (Debian: apt-get install postgresql); millrace alone is measured.\n');
    await measureAll(workloads, targets, options, { noise, isStopped: () => stopped !== null });
  } finally {
    await stop();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
  }
}

function select({ all, only }: IngestOptions): readonly Workload[] {
  const workloads = all || only.length > 0 ? allWorkloads() : mainWorkloads();
  return only.length === 0 ? workloads : workloads.filter(({ name }) => only.some((pattern) => pattern.test(name)));
}

async function measureAll(
  workloads: readonly Workload[],
  targets: readonly Target[],
  options: IngestOptions,
  { noise, isStopped }: { readonly noise: string | null; readonly isStopped: () => boolean },
): Promise<void> {
  const { seconds, rounds } = options;
  const minutes = (workloads.length * targets.length * (rounds + WARM_UP) * (seconds + 1)) / 60;
  console.log(machine());
  if (noise !== null) console.log(noise);
  for (const { version, durability } of targets) console.log(`${version}: ${durability}`);
  console.log(
    `${workloads.length} workloads, medians of ${rounds} interleaved runs of ${seconds} s after a warm-up; about ${Math.ceil(minutes)} minutes\n`,
  );
  if (options.profile !== null) mkdirSync(options.profile, { recursive: true });
  const bench = new Bench(targets, options);
  const measured: Measured[] = [];
  for (const workload of workloads) {
    const result = await bench.measure(workload);
    if (isStopped()) break;
    measured.push(result);
    const lines = alignedTable(ratesTable(measured)).split('\n');
    console.log(lines.slice(measured.length === 1 ? 0 : -1).join('\n'));
  }
  console.log(
    `\nrows per second; sustained: until CHECKPOINT has put every row into Parquet and Delta; burst: until the last acknowledgement`,
  );
  for (const table of [ratesTable(measured), costsTable(measured), goalsTable(measured)])
    if (table.length > 1) console.log(`\n${alignedTable(table)}`);
  const last = measured.at(-1);
  if (options.svg !== null && last !== undefined) writeFileSync(options.svg, drawMemory(last));
  if (options.json !== null) writeFileSync(options.json, jsonOf(measured, targets, options, noise));
  if (measured.some(({ checked }) => checked.startsWith('WRONG'))) process.exitCode = 1;
}

/** Runs workloads, each on tables of its own. */
class Bench {
  readonly #targets: readonly Target[];
  readonly #options: IngestOptions;
  readonly #rows = new Map<Workload['columns'], readonly BenchRow[]>();
  #tables = 0;
  #lastTable: string = FIRST_TABLE;

  constructor(targets: readonly Target[], options: IngestOptions) {
    this.#targets = targets;
    this.#options = options;
  }

  async measure(workload: Workload): Promise<Measured> {
    const rows = this.#rowsOf(workload);
    const rowsPerStatement = Math.min(workload.rowsPerStatement, Math.floor(rows.length / workload.pipelined));
    this.#lastTable = FIRST_TABLE;
    const built = makeUnits({ ...workload, rowsPerStatement, rows, table: FIRST_TABLE });
    const { copyBytes } = this.#options;
    const units = copyBytes === null || !/^copy-(text|csv)/.test(workload.name) ? built : enlargeCopy(built, copyBytes);
    // PostgreSQL has no rules to set.
    const targets = this.#targets.filter(({ name }) => name === 'millrace' || workload.settings === undefined);
    const runs = new Map(targets.map(({ name }) => [name, [] as Run[]]));
    const tables: (readonly [Target, string])[] = [];
    try {
      for (let round = -1; round < this.#options.rounds; round++) {
        // In turn, and each of them first as often as the other.
        for (const target of round % 2 === 0 ? targets : [...targets].reverse()) {
          const run = await this.#run(target, workload, round < 0 ? built : units, round < 0);
          tables.push([target, run.table]);
          if (round >= 0) runs.get(target.name)?.push(run);
        }
      }
      const millrace = runs.get('millrace') ?? [];
      const checked = this.#check(workload, millrace);
      return { workload, millrace, postgres: runs.get('postgres') ?? [], refused: null, checked };
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const refused = said.startsWith('0A000') ? `not there yet (${said})` : `FAILED: ${said}`;
      if (refused.startsWith('FAILED')) process.exitCode ??= 1;
      return { workload, millrace: [], postgres: [], refused, checked: '' };
    } finally {
      // A system that was stopped has no tables.
      for (const [target, table] of tables) await target.ask(`drop table if exists ${table}`).catch(() => undefined);
    }
  }

  #rowsOf({ columns }: Workload): readonly BenchRow[] {
    const known = this.#rows.get(columns);
    if (known !== undefined) return known;
    const rows = makeRows(columns, this.#options.rows);
    this.#rows.set(columns, rows);
    return rows;
  }

  async #run(target: Target, workload: Workload, units: Units, isWarmUp: boolean): Promise<Run> {
    const table = `bench_${String(++this.#tables).padStart(5, '0')}`;
    retarget(units, this.#lastTable, table);
    this.#lastTable = table;
    const { profile: folder } = this.#options;
    const profile =
      folder === null || isWarmUp || target.name !== 'millrace' ? null : join(folder, `${workload.name}.cpuprofile`);
    const { seconds: load } = this.#options;
    const seconds = isWarmUp ? Math.min(WARM_UP_SECONDS_MAX, load * WARM_UP) : load;
    const run = await runWorkload(
      target,
      workload,
      units,
      table,
      { seconds, unitsMax: Number.MAX_SAFE_INTEGER },
      profile,
    );
    const [count] = await target.ask(`select count(*) from ${table}`);
    if (count?.[0] !== String(run.rows))
      throw new Error(`${target.name} acknowledged ${run.rows} rows and has ${count?.[0]}`);
    return run;
  }

  #check(workload: Workload, runs: readonly Run[]): string {
    if (!this.#options.verify) return 'not looked at';
    const millrace = this.#targets.find(({ name }) => name === 'millrace');
    const stored = runs.flatMap((run) => {
      const path = millrace?.tablePath(run.table) ?? null;
      return path === null ? [] : [{ ...run, path }];
    });
    try {
      const wrong = verifyTables(stored, workload.columns, this.#rowsOf(workload), this.#options.directory);
      if (stored.length < runs.length) return 'WRONG: a table is missing';
      for (const line of wrong) console.error(line);
      return wrong.length === 0 ? 'ok' : 'WRONG';
    } catch (error) {
      return `not looked at: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`;
    }
  }
}

function jsonOf(
  measured: readonly Measured[],
  targets: readonly Target[],
  { seconds, rounds, rows }: IngestOptions,
  noise: string | null,
): string {
  const runOf = ({ weights: _, table: __, curve: ___, ...figures }: Run): object => figures;
  const lines = measured.map(({ workload, millrace, postgres, refused, checked }) => ({
    workload: workload.name,
    refused,
    checked,
    millrace: millrace.map(runOf),
    postgres: postgres.map(runOf),
  }));
  const systems = targets.map(({ version, durability }) => ({ version, durability }));
  return `${JSON.stringify({ machine: machine(), noise, systems, seconds, rounds, rows, lines }, null, 2)}\n`;
}
