import { createHistogram, type RecordableHistogram } from 'node:perf_hooks';
import type { Unit } from './units.ts';
import type { WireClient } from './wire-client.ts';

/** What a load came to. */
export interface Driven {
  readonly rows: number;
  /** Until the last acknowledgement. */
  readonly seconds: number;
  /** How often each unit was acknowledged. */
  readonly sent: Uint32Array;
  /** Microseconds from a unit's first byte to its ReadyForQuery. */
  readonly latency: RecordableHistogram;
}
/** When to stop: whatever comes first. */
export interface LoadBounds {
  readonly seconds: number;
  readonly unitsMax: number;
}

/** Every connection sends units, one after the other, until time or units are up; all answers are awaited. Rejects with the first error. */
export async function drive(
  clients: readonly WireClient[],
  units: readonly Unit[],
  bounds: LoadBounds,
): Promise<Driven> {
  if (units.length === 0) throw new Error('there are fewer rows than one unit holds');
  const sent = new Uint32Array(units.length);
  const latency = createHistogram();
  const before = clients.reduce((rows, client) => rows + client.rows, 0);
  const start = performance.now();
  const end = start + bounds.seconds * 1_000;
  let started = 0;
  let failed = false;
  const work = async (client: WireClient): Promise<void> => {
    while (!failed && started < bounds.unitsMax) {
      const begin = performance.now();
      if (begin >= end) return;
      const index = started++ % units.length;
      await client.send(units[index] as Unit);
      latency.record(Math.max(1, Math.round((performance.now() - begin) * 1_000)));
      sent[index] = (sent[index] ?? 0) + 1;
    }
  };
  await Promise.all(
    clients.map((client) =>
      work(client).catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  const seconds = (performance.now() - start) / 1_000;
  const rows = clients.reduce((count, client) => count + client.rows, 0) - before;
  const expected = sent.reduce((count, times, index) => count + times * (units[index]?.rows ?? 0), 0);
  if (rows !== expected) throw new Error(`${expected} rows were sent and ${rows} acknowledged`);
  return { rows, seconds, sent, latency };
}
