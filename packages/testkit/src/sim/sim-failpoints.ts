import type { Failpoints } from '@millrace/core';
import type { SimDisk } from './sim-disk.ts';
import { SimCrash } from './sim-faults.ts';
import type { CrashMode } from './sim-file.ts';

/** Failpoints of the simulated process that starts now: counts every hit, and crashes the disk at the chosen one. */
export interface SimFailpoints extends Failpoints {
  /** Hits by name since it was made. */
  readonly hits: ReadonlyMap<string, number>;
}

/** `end` null = only count; `mode` 'kill' keeps the page cache. */
export function simFailpoints(
  disk: SimDisk,
  end: { readonly name: string; readonly hit: number; readonly mode: CrashMode | 'seeded' | 'kill' } | null = null,
): SimFailpoints {
  const hits = new Map<string, number>();
  const { life } = disk;
  return {
    hits,
    hit(name): void {
      // What is left of a dead process must not crash the next one.
      disk.checkAlive(life);
      const count = (hits.get(name) ?? 0) + 1;
      hits.set(name, count);
      if (end === null || end.name !== name || end.hit !== count) return;
      if (end.mode === 'kill') disk.kill();
      else disk.crash(end.mode);
      throw new SimCrash();
    },
  };
}
