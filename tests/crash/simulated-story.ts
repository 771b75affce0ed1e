import { type Client, type Engine, openClient } from '@millrace/engine';
import type { SimulatedMachine, SimulatedProcess } from './simulated-machine.ts';

/** What happened to the statements of a story: keys `writer.seq`. */
export class Promises {
  readonly intended: Set<string> = new Set();
  readonly acknowledged: Set<string> = new Set();
  /** Acknowledged before their fsync, in the order of the log, by life: a power loss may take the newest. */
  readonly buffered: Map<number, string[]> = new Map();
}

const WRITERS = 3;
/** Of each life's writers, the one that does not wait for fsync. */
const BUFFERED_WRITER = 1;
const LIVES_MAX = 4;

/**
 * A life story of a machine, drawn from its seed: starts, concurrent writers (single inserts, transactions over two tables), checkpoints, DDL, and power that fails at a
 * random disk operation, also during recovery. Returns what was found wrong at the end; nothing, if every promise was kept.
 */
export async function tellStory(machine: SimulatedMachine): Promise<readonly string[]> {
  const promises = new Promises();
  const lives = 1 + machine.random.integer(LIVES_MAX);
  for (let life = 0; life < lives; life++) {
    const when = machine.random.chance(0.5) ? 'before' : 'after';
    const mode = machine.random.chance(0.5) ? 'none' : 'seeded';
    machine.disk.script([{ nth: 1 + machine.random.integer(life === 0 ? 500 : 250), effect: { crash: when } }], mode);
    await untilCrash(machine, () => live(machine, promises, life));
    if (!machine.disk.isCrashed) machine.disk.crash(mode);
  }
  machine.disk.script([]);
  return check(machine, promises);
}

/** Runs until it ends or the machine dies, whichever is first: what a dead process still waits for never comes. */
async function untilCrash(machine: SimulatedMachine, run: () => Promise<void>): Promise<void> {
  let isDone = false;
  const done = run().then(
    () => {
      isDone = true;
    },
    (error: unknown) => {
      isDone = true;
      if (!machine.disk.isCrashed) throw error;
    },
  );
  const { life } = machine.disk;
  while (!isDone && machine.disk.life === life) await new Promise<void>((resolve) => setImmediate(resolve));
  if (isDone) await done;
}

async function live(machine: SimulatedMachine, promises: Promises, life: number): Promise<void> {
  const process = await machine.start();
  const client = await openClient(process.engine);
  await client.query(
    'create table if not exists ledger (writer int not null, seq int8 not null, line int, region text) partition by list (region)',
  );
  await client.query(
    'create table if not exists totals (writer int not null, seq int8 not null, amount numeric(10,2), quarter int8 generated always as (seq % 4) stored, twice numeric(10,2) generated always as (amount * 2) stored) partition by list (quarter)',
  );
  const writers = Array.from({ length: WRITERS }, (_, writer) =>
    write(process.engine, promises, { writer: life * 10 + writer, seqs: 12 }),
  );
  await Promise.all([...writers, disturb(process, client, life)]);
  if (machine.random.chance(0.3)) await process.close();
}

async function write(
  engine: Engine,
  promises: Promises,
  run: { readonly writer: number; readonly seqs: number },
): Promise<void> {
  const client = await openClient(engine);
  const isBuffered = run.writer % 10 === BUFFERED_WRITER;
  if (isBuffered) await client.query('set millrace.commit_level = buffered');
  for (let seq = 1; seq <= run.seqs; seq++) {
    const key = `${run.writer}.${seq}`;
    promises.intended.add(key);
    const insert = `insert into ledger values (${run.writer}, ${seq}, 0, 'a'), (${run.writer}, ${seq}, 1, 'b')`;
    if (seq % 3 === 0) {
      await client.query('begin');
      await client.query(insert);
      await client.query(`insert into totals (writer, seq, amount) values (${run.writer}, ${seq}, ${seq}.5)`);
      await client.query('commit');
    } else {
      await client.query(insert);
    }
    if (isBuffered) promises.buffered.set(run.writer, [...(promises.buffered.get(run.writer) ?? []), key]);
    else promises.acknowledged.add(key);
  }
  await client.close();
}

async function disturb(process: SimulatedProcess, client: Client, life: number): Promise<void> {
  for (let turn = 0; turn < 4; turn++) {
    await client.query('checkpoint');
    await client.query(`create table extra_${life}_${turn} (x int)`);
    await client.query(`insert into extra_${life}_${turn} values (1)`);
    if (turn % 2 === 0) await client.query(`drop table extra_${life}_${turn}`);
    await process.clock.advance(700);
  }
}

/** Starts the server once more and compares contents, from memory and files, then after everything is in Delta, then after another crash. */
async function check(machine: SimulatedMachine, promises: Promises): Promise<readonly string[]> {
  const violations: string[] = [];
  for (const moment of ['after recovery', 'after checkpoint and power loss']) {
    const process = await machine.start().catch((error: unknown) => {
      violations.push(`${moment}: the server refuses to start: ${String(error)}`);
      return null;
    });
    if (process === null) return violations;
    const client = await openClient(process.engine);
    violations.push(...(await compare(client, promises)).map((line) => `${moment}: ${line}`));
    await client
      .query('checkpoint')
      .catch((error: unknown) => violations.push(`${moment}: checkpoint: ${String(error)}`));
    violations.push(...(await compare(client, promises)).map((line) => `${moment}, flushed: ${line}`));
    machine.disk.crash('none');
  }
  return violations;
}

async function compare(client: Client, promises: Promises): Promise<readonly string[]> {
  try {
    return differences(await contents(client), promises);
  } catch (error) {
    return [`a query failed: ${String(error)}`];
  }
}

/** The rows by statement, as text. */
async function contents(client: Client): Promise<ReadonlyMap<string, string[]>> {
  const found = new Map<string, string[]>();
  const tables = (
    await client.query("select relname::text as name from pg_class where relname in ('ledger', 'totals')")
  ).rows();
  const names = new Set(tables.map((row) => row['name']));
  const add = (key: string, row: string): void => void found.set(key, [...(found.get(key) ?? []), row]);
  if (names.has('ledger')) {
    for (const row of (await client.query('select * from ledger')).rows())
      add(`${row['writer']}.${row['seq']}`, `${row['line']}${row['region']}`);
  }
  if (names.has('totals')) {
    for (const row of (await client.query('select * from totals')).rows())
      add(`${row['writer']}.${row['seq']}`, `total ${row['amount']} ${row['quarter']} ${row['twice']}`);
  }
  return found;
}

function differences(found: ReadonlyMap<string, readonly string[]>, promises: Promises): readonly string[] {
  const lost = [...promises.acknowledged]
    .filter((key) => !found.has(key))
    .map((key) => `${key} was acknowledged and is lost`);
  const wrong = [...found].flatMap(([key, rows]) => {
    const seq = Number(key.split('.')[1]);
    const expected = seq % 3 === 0 ? ['0a', '1b', `total ${seq}.50 ${seq % 4} ${seq * 2 + 1}.00`] : ['0a', '1b'];
    if (!promises.intended.has(key)) return [`${key} was never written`];
    return [...rows].sort().join() === expected.join()
      ? []
      : [`${key} has ${[...rows].sort().join()} instead of ${expected.join()}`];
  });
  // A power loss takes a suffix: nothing that is there comes after something that is gone.
  const holes = [...promises.buffered.values()].flatMap((keys) => {
    const firstGone = keys.findIndex((key) => !found.has(key));
    if (firstGone < 0) return [];
    return keys
      .slice(firstGone)
      .filter((key) => found.has(key))
      .map((key) => `${key} is there, and the earlier ${keys[firstGone]} is lost`);
  });
  return [...lost, ...wrong, ...holes];
}
