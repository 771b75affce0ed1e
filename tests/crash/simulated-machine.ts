import { createEngine, type Engine } from '@millrace/engine';
import { standardRules } from '@millrace/rules';
import { openDataDirectory } from '@millrace/server';
import {
  type SeededRandom,
  type SimClock,
  SimDisk,
  type SimFailpoints,
  seededRandom,
  simClock,
  simFailpoints,
  simWorkers,
} from '@millrace/testkit/sim';

/** One process on the machine. */
export interface SimulatedProcess {
  readonly engine: Engine;
  readonly clock: SimClock;
  close(): Promise<void>;
}

/**
 * A machine with a disk that forgets what was not synced: the whole server, but for sockets, on simulated ports. One seed gives one life story.
 */
export class SimulatedMachine {
  readonly random: SeededRandom;
  readonly disk: SimDisk;
  /** Failpoints of all processes so far: every step that was gone through. */
  readonly failpoints: SimFailpoints[] = [];
  constructor(seed: number) {
    this.random = seededRandom(seed);
    this.disk = new SimDisk(this.random);
  }

  /** Starts the server; recovery included. */
  async start(): Promise<SimulatedProcess> {
    const clock = simClock();
    const fileSystem = this.disk.mount();
    const failpoints = simFailpoints(this.disk);
    this.failpoints.push(failpoints);
    const data = await openDataDirectory(
      '/data',
      { clock, random: this.random, fileSystem, workers: simWorkers, failpoints },
      {
        memoryBytes: 64 * 1024 * 1024,
        flushAfterMs: 1_000,
        flushBytes: 1024 * 1024,
        walLimits: { walSegmentBytes: 2_000, walRecordBytesMax: 1024 * 1024 },
        // A cheap fsync is done inline, an expensive one in a thread: both paths must keep the promises.
        inlineSyncMsMax: this.random.chance(0.5) ? 0.5 : -1,
        onFatal: () => undefined,
      },
    );
    try {
      const engine = await createEngine(data).use(standardRules()).build();
      return { engine, clock, close: () => engine.close({ flush: true }) };
    } catch (error) {
      await data.transactionStore.close({ flush: false }).catch(() => undefined);
      throw error;
    }
  }
}
