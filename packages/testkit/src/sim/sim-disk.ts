import type { FileSystem } from '@millrace/core';
import type { SeededRandom } from './seeded-random.ts';
import { SimCrash, type SimFault, SimFaults, type SimOperation, type SimOperationKind } from './sim-faults.ts';
import type { CrashMode } from './sim-file.ts';
import { mountSimFileSystem } from './sim-file-system.ts';
import { SimNames } from './sim-names.ts';

/**
 * A disk that forgets. Each mount is what one process sees; after `kill` or `crash` every call through an old mount throws SimCrash, so
 * that what is left of a dead process in this thread cannot touch the disk of the next one.
 */
export class SimDisk {
  readonly names: SimNames = new SimNames();
  readonly #faults: SimFaults = new SimFaults();
  readonly #random: SeededRandom;
  readonly locks: Set<string> = new Set();
  #life = 0;
  #crashMode: CrashMode | 'seeded' = 'seeded';

  constructor(random: SeededRandom) {
    this.#random = random.fork();
  }

  /** Everything that was asked of the disk so far. */
  get journal(): readonly SimOperation[] {
    return this.#faults.journal;
  }

  /** Counts the deaths: what belongs to an earlier life is dead. */
  get life(): number {
    return this.#life;
  }

  /** Crashes that were no kill: what no sync confirmed may be gone. */
  powerLosses = 0;

  /** True between a crash (also one of a fault script) and the next mount. */
  isCrashed = false;

  /** A process starts. */
  mount(): FileSystem {
    this.isCrashed = false;
    return mountSimFileSystem(this, this.#life);
  }

  /** Replaces the fault script. `crashMode` is what a scripted crash leaves; `seeded` draws one of the four. */
  script(faults: readonly SimFault[], crashMode: CrashMode | 'seeded' = 'seeded'): void {
    this.#faults.set(faults);
    this.#crashMode = crashMode;
  }

  /** kill -9: the process is gone, its page cache is not. */
  kill(): void {
    this.#life++;
    this.locks.clear();
    this.isCrashed = true;
  }

  /** Power loss: what no sync confirmed is gone, wholly or in part. */
  crash(mode: CrashMode | 'seeded' = 'seeded'): void {
    this.kill();
    this.powerLosses++;
    const modes = ['none', 'all', 'prefix', 'random'] as const;
    this.names.crash(mode === 'seeded' ? modes[this.#random.integer(modes.length)]! : mode, this.#random);
  }

  /** Called by mounts: is this life over? */
  checkAlive(life: number): void {
    if (life !== this.#life) throw new SimCrash();
  }

  /** Called by mounts at each operation: what goes wrong. A crash before the operation throws from here. */
  enter(life: number, kind: SimOperationKind, path: string): SimFault['effect'] | null {
    this.checkAlive(life);
    const effect = this.#faults.next(kind, path);
    if (effect !== null && 'crash' in effect && effect.crash === 'before') this.crashNow();
    return effect;
  }

  /** A scripted crash: throws. */
  crashNow(): never {
    this.crash(this.#crashMode);
    throw new SimCrash();
  }

  /** Between 0 and 3 promise turns: the order in which parallel operations finish varies with the seed. */
  async turns(): Promise<void> {
    for (let left = this.#random.integer(4); left > 0; left--) await Promise.resolve();
  }
}
