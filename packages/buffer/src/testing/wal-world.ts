import { createMetrics, type Failpoints, type FileSystem, type Metrics } from '@millrace/core';
import { SimDisk, seededRandom, simClock } from '@millrace/testkit/sim';
import { openWal } from '../wal/open-wal.ts';
import type { SegmentedWal } from '../wal/segmented-wal.ts';
import type { WalOptions } from '../wal/wal-options.ts';

/** For tests: logs on a simulated disk. */
export interface WalWorld {
  readonly disk: SimDisk;
  readonly metrics: Metrics;
  /** Mounts and opens, as a new process would. */
  open(
    options?: Partial<WalOptions> & { readonly fileSystem?: FileSystem; readonly failpoints?: Failpoints },
  ): Promise<SegmentedWal>;
}

export function walWorld(seed = 1): WalWorld {
  const random = seededRandom(seed);
  const disk = new SimDisk(random);
  const metrics = createMetrics();
  return {
    disk,
    metrics,
    open: (options = {}) =>
      openWal({
        fileSystem: disk.mount(),
        directory: 'data/wal',
        random,
        clock: simClock(),
        metrics,
        limits: { walSegmentBytes: 2_000, walRecordBytesMax: 100_000 },
        ...options,
      }),
  };
}

/** Makes and syncs the data directory that the log lives in. */
export async function withDataDirectory(world: WalWorld): Promise<WalWorld> {
  const fileSystem = world.disk.mount();
  await fileSystem.makeDirectory('data');
  await fileSystem.syncDirectory('');
  return world;
}

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Everything the log holds, as `lsn:payload`. */
export async function contents(wal: SegmentedWal, after = 0n): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const record of wal.replay(after)) found.push(`${record.lsn}:${textOf(record.payload)}`);
  return found;
}
