export { BUFFER_FAILPOINTS } from './failpoints.ts';
export type { FlushSettings } from './store/flusher.ts';
export { openTransactionStore } from './store/open-transaction-store.ts';
export type { TransactionStoreOptions } from './store/transaction-store-options.ts';
export { type UnionParts, unionProvider } from './store/union-provider.ts';
export { openWal } from './wal/open-wal.ts';
export { SegmentedWal } from './wal/segmented-wal.ts';
export type { WalEra, WalOptions } from './wal/wal-options.ts';
