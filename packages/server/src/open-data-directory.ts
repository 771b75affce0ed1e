import { openTransactionStore } from '@millrace/buffer';
import {
  type Clock,
  createMemoryBudget,
  createMetrics,
  type Failpoints,
  type FileSystem,
  type MemoryBudget,
  type Metrics,
  NO_FAILPOINTS,
  type ObjectStore,
  type Random,
  type TableStorage,
  type TransactionStore,
  type Workers,
} from '@millrace/core';
import { createParquetCodec, deltaTableStorage, localObjectStore, type ParquetCodec } from '@millrace/delta';

/** The world a server lives in: Node's, or a simulated one. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly fileSystem: FileSystem;
  readonly workers: Workers;
  readonly failpoints?: Failpoints;
}

/** A data directory in use: everything `createEngine` needs. */
export interface DataDirectory {
  readonly clock: Clock;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly memory: MemoryBudget;
  readonly objectStore: ObjectStore;
  readonly tableStorage: TableStorage;
  readonly transactionStore: TransactionStore;
  readonly codec: ParquetCodec;
}

/**
 * Opens or creates a data directory:
 *
 *   DIR/lock         one process at a time (55006 for the second)
 *   DIR/wal/         the write-ahead log
 *   DIR/catalog/     what tables there are
 *   DIR/tables/...   ordinary Delta tables
 */
export async function openDataDirectory(
  directory: string,
  world: World,
  options: { readonly memoryBytes: number; readonly onFatal: (error: Error) => void },
): Promise<DataDirectory> {
  const { clock, random, fileSystem, workers, failpoints = NO_FAILPOINTS } = world;
  const metrics = createMetrics();
  const memory = createMemoryBudget('server', options.memoryBytes);
  const transactionStore = await openTransactionStore({
    fileSystem,
    directory,
    clock,
    random,
    memory,
    metrics,
    failpoints,
    onFatal: options.onFatal,
  });
  const objectStore = localObjectStore({ root: directory, fileSystem, random });
  const codec = createParquetCodec({ workers });
  const tableStorage = deltaTableStorage({ store: objectStore, codec, clock, random, metrics, failpoints });
  return { clock, random, metrics, memory, objectStore, tableStorage, transactionStore, codec };
}
