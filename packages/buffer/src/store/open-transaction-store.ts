import { LIMITS, type TransactionStore } from '@millrace/core';
import { openWal } from '../wal/open-wal.ts';
import { BufferedStore } from './buffered-store.ts';
import { lockDirectory } from './lock-directory.ts';
import type { TransactionStoreOptions } from './transaction-store-options.ts';

/**
 * Locks the directory and opens its log; see the start sequence of `TransactionStore`.
 * 55006 in one line if another process has it, XX001 if the log is damaged, 53100 or 58030 if the disk refuses.
 */
export async function openTransactionStore(options: TransactionStoreOptions): Promise<TransactionStore> {
  const lock = await lockDirectory(options.fileSystem, options.directory);
  try {
    const wal = await openWal({ ...options, limits: options.limits ?? LIMITS });
    if (wal.repaired !== null) {
      const { path, offset, bytes } = wal.repaired;
      options.onProblem?.(`cut ${bytes} bytes that were never acknowledged off ${path} at byte ${offset}`, null);
    }
    return new BufferedStore(options, wal, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}
