import { assert, type LogFollower } from '@millrace/core';
import { FollowerCursor, type FollowerPosition } from './follower-cursor.ts';
import { FollowerPump, type PumpContext } from './follower-pump.ts';

interface Registered {
  readonly follower: LogFollower;
  readonly cursor: FollowerCursor;
  position: FollowerPosition | 'none' | 'damaged';
}

/** All who follow the log, each at its own pace. Those that are not registered any more hold nothing; their positions stay, for their return. */
export class LogFollowers {
  readonly #context: PumpContext;
  readonly #directory: string;
  readonly #registered: Registered[] = [];
  #pumps: readonly FollowerPump[] = [];

  constructor(directory: string, context: PumpContext) {
    this.#directory = directory;
    this.#context = context;
  }

  add(follower: LogFollower): void {
    assert(
      this.#registered.every((one) => one.follower.name !== follower.name),
      `two followers are named ${follower.name}`,
    );
    const cursor = new FollowerCursor(this.#context.options.fileSystem, this.#directory, follower.name);
    this.#registered.push({ follower, cursor, position: 'none' });
  }

  /** Reads where they stand. Before recovery. */
  async load(): Promise<void> {
    for (const one of this.#registered) one.position = await one.cursor.load();
  }

  /** True if one of them saw numbers that this log never reached. */
  isAhead(): boolean {
    const { walId, lastLsn } = this.#context.wal;
    return this.#registered.some(
      ({ position }) => typeof position === 'object' && position.walId === walId && position.lsn > lastLsn,
    );
  }

  /** After recovery. A new one begins here; one whose position is damaged sees everything again that the log still has. */
  async start(): Promise<void> {
    const { wal, eras, options } = this.#context;
    const pumps: FollowerPump[] = [];
    for (const { follower, cursor, position } of this.#registered) {
      let startLsn = 0n;
      if (position === 'none') {
        startLsn = wal.lastLsn;
        await cursor.save({ walId: wal.walId, lsn: startLsn });
      } else if (position === 'damaged') {
        options.onProblem?.(
          `the position of ingest hook "${follower.name}" is damaged; it begins at the log's start`,
          null,
        );
      } else {
        const passed = eras.passed((walId) => (walId === position.walId ? position.lsn : -1n));
        startLsn = passed < 0n ? 0n : passed;
      }
      pumps.push(new FollowerPump(follower, cursor, startLsn, this.#context));
    }
    this.#pumps = pumps;
    for (const pump of pumps) pump.start();
  }

  wake(): void {
    for (const pump of this.#pumps) pump.wake();
  }

  /** What the log need not keep for them; null if nobody follows it. */
  get claimedLsn(): bigint | null {
    if (this.#pumps.length < this.#registered.length) return -1n;
    return this.#pumps.reduce<bigint | null>(
      (lowest, { claimedLsn }) => (lowest === null || claimedLsn < lowest ? claimedLsn : lowest),
      null,
    );
  }

  async stop(): Promise<void> {
    await Promise.all(this.#pumps.map((pump) => pump.stop()));
  }
}
