import { createTableSql } from './columns.ts';
import { drive, type LoadBounds } from './drive.ts';
import { cpuSeconds, type MemoryCurve } from './process-figures.ts';
import type { Target } from './target.ts';
import type { Unit, Units } from './units.ts';
import { WireClient } from './wire-client.ts';
import type { Workload } from './workloads.ts';

/** One run of one workload on one system. */
export interface Run {
  readonly table: string;
  readonly rows: number;
  /** Times that each row of the data was acknowledged. */
  readonly weights: Uint32Array;
  readonly burst: number;
  readonly sustained: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly syncs: number | null;
  readonly cpuMicrosPerRow: number;
  /** Of the client, which runs on the same processors. */
  readonly clientCpuMicrosPerRow: number;
  readonly peakBytes: number;
  readonly curve: MemoryCurve;
  readonly eventLoopP99Ms: number | null;
  readonly eventLoopMaxMs: number | null;
  /** Reads a second, where the workload has reads. */
  readonly reads: number | null;
}

/** A backend of PostgreSQL tells its counts when it ends. */
const COUNTS_MS = 300;
const MICROS = 1e6;

/** Creates the table, drives the load, settles. The table stays for whoever checks it. `profile` = a file for the server's processor profile. */
export async function runWorkload(
  target: Target,
  workload: Workload,
  units: Units,
  table: string,
  bounds: LoadBounds,
  profile: string | null,
): Promise<Run> {
  await target.ask(createTableSql(table, workload.columns));
  const clients: WireClient[] = [];
  const open = async (prepare: Buffer): Promise<WireClient> => {
    const client = await WireClient.connect(target.address);
    clients.push(client);
    for (const setting of workload.settings ?? []) await client.query(setting);
    if (prepare.length > 0) await client.exchange(prepare);
    return client;
  };
  try {
    const writers = await Promise.all(Array.from({ length: workload.connections }, () => open(units.prepare)));
    const reader = workload.reads === true ? await open(Buffer.alloc(0)) : null;
    const syncsBefore = await target.syncs();
    const figures = await measureLoad(target, { writers, reader, units: units.units, table, bounds, profile });
    for (const client of clients) client.close();
    await new Promise((resolve) => setTimeout(resolve, COUNTS_MS));
    const syncs = await target.syncs();
    return { table, ...figures, syncs: syncs === null || syncsBefore === null ? null : syncs - syncsBefore };
  } finally {
    for (const client of clients) client.close();
  }
}

interface Load {
  readonly writers: readonly WireClient[];
  readonly reader: WireClient | null;
  readonly units: readonly Unit[];
  readonly table: string;
  readonly bounds: LoadBounds;
  readonly profile: string | null;
}

async function measureLoad(target: Target, load: Load): Promise<Omit<Run, 'table' | 'syncs'>> {
  await target.begin(load.profile);
  const cpu = cpuSeconds(target.pid);
  const ownCpu = process.cpuUsage();
  const memory = target.watch();
  const start = performance.now();
  const reading = load.reader === null ? null : readUntilStopped(load.reader, load.table);
  const { rows, seconds, latency, sent } = await drive(load.writers, load.units, load.bounds);
  const reads = reading === null ? null : (await reading.stop()) / seconds;
  if (target.settleSql !== '') await target.ask(target.settleSql);
  const sustainedSeconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(ownCpu);
  const cpuUsed = cpuSeconds(target.pid) - cpu;
  const curve = memory.stop();
  const loop = await target.end(load.profile);
  return {
    rows,
    weights: weightsOf(sent, load.units),
    burst: rows / seconds,
    sustained: rows / (target.settleSql === '' ? seconds : sustainedSeconds),
    p50Ms: latency.percentile(50) / 1_000,
    p99Ms: latency.percentile(99) / 1_000,
    p999Ms: latency.percentile(99.9) / 1_000,
    cpuMicrosPerRow: (cpuUsed * MICROS) / rows,
    clientCpuMicrosPerRow: (user + system) / rows,
    peakBytes: Math.max(...curve.map(([, bytes]) => bytes)),
    curve,
    eventLoopP99Ms: loop?.p99Ms ?? null,
    eventLoopMaxMs: loop?.maxMs ?? null,
    reads,
  };
}

function weightsOf(sent: Uint32Array, units: readonly Unit[]): Uint32Array {
  const last = units.at(-1);
  const weights = new Uint32Array(last === undefined ? 0 : last.firstRow + last.rows / last.repeats);
  for (const [index, { firstRow, rows, repeats }] of units.entries())
    weights.fill((sent[index] ?? 0) * repeats, firstRow, firstRow + rows / repeats);
  return weights;
}

/** One reader, one query after another. */
function readUntilStopped(client: WireClient, table: string): { stop(): Promise<number> } {
  let stopped = false;
  const work = (async (): Promise<number> => {
    let count = 0;
    while (!stopped) {
      await client.query(`select count(*), max(bytes) from ${table} where project_id = 'project-3'`);
      count++;
    }
    return count;
  })();
  // Who stops it hears of its error.
  work.catch(() => undefined);
  return {
    stop() {
      stopped = true;
      return work;
    },
  };
}
