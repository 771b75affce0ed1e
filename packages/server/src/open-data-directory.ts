import { openTransactionStore } from '@millrace/buffer';
import {
  type Clock,
  createMemoryBudget,
  createMetrics,
  type Failpoints,
  type FileSystem,
  failure,
  type MemoryBudget,
  type Metrics,
  type MillraceError,
  NO_FAILPOINTS,
  type ObjectStore,
  type Random,
  type TableStorage,
  type TransactionStore,
  type Workers,
} from '@millrace/core';
import { createParquetCodec, deltaTableStorage, localObjectStore } from '@millrace/delta';
import { makeDirectories } from './make-directories.ts';

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
  /** After the engine is closed: waits for checkpoints under way and ends the Parquet threads. */
  close(): Promise<void>;
}

/** How a data directory is used. */
export interface DataDirectoryOptions {
  readonly memoryBytes: number;
  /** Age of a table's oldest buffered row at which it is flushed, in milliseconds; default 10 s. */
  readonly flushAfterMs?: number;
  /** Buffered bytes of a table at which it is flushed; default 64 MiB. */
  readonly flushBytes?: number;
  /** Above this measured cost an fsync of the log leaves the event loop, in milliseconds; default 0.5. */
  readonly inlineSyncMsMax?: number;
  /** Sizes of the log's files, in bytes; default from LIMITS. */
  readonly walLimits?: { readonly walSegmentBytes: number; readonly walRecordBytesMax: number };
  /** The log cannot be written any more: the process must stop, and recovery decides. */
  readonly onFatal: (error: Error) => void;
  /** What an operator should see and what stops nothing: a flush that failed and is tried again, a torn log end that was cut. */
  readonly onProblem?: (message: string, error: MillraceError | null) => void;
}

const FLUSH_AFTER_MS = 10_000;
const FLUSH_BYTES = 64 * 1024 * 1024;

/**
 * Opens or creates a data directory:
 *
 *   DIR/wal/         the write-ahead log, and the lock: one process at a time (55006 for the second)
 *   DIR/catalog/     what tables there are
 *   DIR/tables/...   ordinary Delta tables
 */
export async function openDataDirectory(
  directory: string,
  world: World,
  options: DataDirectoryOptions,
): Promise<DataDirectory> {
  const { clock, random, fileSystem, workers, failpoints = NO_FAILPOINTS } = world;
  const metrics = createMetrics();
  const memory = createMemoryBudget('server', options.memoryBytes);
  await requireDirectory(fileSystem, directory);
  const transactionStore = await openTransactionStore({
    fileSystem,
    directory: `${directory}/wal`,
    clock,
    random,
    memory,
    metrics,
    failpoints,
    settings: { flushAfterMs: options.flushAfterMs ?? FLUSH_AFTER_MS, flushBytes: options.flushBytes ?? FLUSH_BYTES },
    onFatal: options.onFatal,
    ...(options.inlineSyncMsMax === undefined ? {} : { inlineSyncMsMax: options.inlineSyncMsMax }),
    ...(options.walLimits === undefined ? {} : { limits: options.walLimits }),
    ...(options.onProblem === undefined ? {} : { onProblem: options.onProblem }),
  });
  const objectStore = localObjectStore({ root: directory, fileSystem, random, failpoints });
  const codec = createParquetCodec({ workers });
  const tableStorage = deltaTableStorage({ store: objectStore, codec, clock, random, metrics, failpoints });
  const close = async (): Promise<void> => {
    await tableStorage.close();
    await codec.close();
  };
  return { clock, random, metrics, memory, objectStore, tableStorage, transactionStore, close };
}

/** 58030 in one line if the directory is not there and cannot be made. */
async function requireDirectory(fileSystem: FileSystem, directory: string): Promise<void> {
  try {
    await makeDirectories(fileSystem, directory);
    // A file of that name would be found only when something is to be written below it.
    await fileSystem.list(directory);
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause)) throw cause;
    const message = `could not use ${directory} as the data directory: ${cause.message}`;
    throw failure('ioError', { message }, { cause });
  }
}
