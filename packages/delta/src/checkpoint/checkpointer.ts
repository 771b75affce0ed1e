import type { Clock, Metrics } from '@millrace/core';
import { SerialQueue } from '../commit/serial-queue.ts';
import type { LogSource } from '../snapshot/load-snapshot.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { isCheckpointDue } from './is-checkpoint-due.ts';
import { writeCheckpoint } from './write-checkpoint.ts';

/** Writes a table's checkpoints, one after the other, off the commits' path. */
export class Checkpointer {
  readonly #source: LogSource;
  readonly #clock: Clock;
  readonly #metrics: Metrics | undefined;
  readonly #queue: SerialQueue = new SerialQueue();
  #lastVersion = -1n;
  #isRunning = false;

  constructor(source: LogSource, clock: Clock, metrics: Metrics | undefined) {
    this.#source = source;
    this.#clock = clock;
    this.#metrics = metrics;
  }

  /** A checkpoint of this version exists. */
  found(version: bigint): void {
    if (version > this.#lastVersion) this.#lastVersion = version;
  }

  /** Starts a checkpoint if one is due. A failure is a metric, never the commit's error; the next commit tries again. */
  startIfDue(snapshot: Snapshot): void {
    if (this.#isRunning || !isCheckpointDue(snapshot, this.#lastVersion)) return;
    this.#isRunning = true;
    this.write(snapshot)
      .catch(() => this.#metrics?.count('delta_checkpoint_failures'))
      .finally(() => {
        this.#isRunning = false;
      });
  }

  /** Writes a checkpoint of the snapshot unless there is one. */
  write(snapshot: Snapshot): Promise<void> {
    return this.#queue.run(async () => {
      if (snapshot.version <= this.#lastVersion) return;
      await writeCheckpoint(this.#source, snapshot, Number(this.#clock.nowMicros() / 1000n));
      this.found(snapshot.version);
      this.#metrics?.count('delta_checkpoints');
    });
  }

  /** Waits for what was started. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }
}
