import type { JsonObject } from '../log/exact-json.ts';

/** What engines show as the writer in a table's history. */
const ENGINE = 'millrace/0.1.0';

/** What a commit wrote, for the table's history. */
interface CommitMetrics {
  readonly files: number;
  readonly bytes: number;
  readonly rows?: number;
  readonly removedFiles?: number;
}

/** The first line of a commit. `txnId` tells our own commit from another's when an answer was lost. */
export function commitInfo(options: {
  readonly operation: 'CREATE TABLE' | 'WRITE' | 'OPTIMIZE';
  readonly txnId: string;
  readonly timestampMs: number;
  readonly partitionColumns: readonly string[];
  readonly metrics?: CommitMetrics;
}): JsonObject {
  const { operation, txnId, timestampMs, partitionColumns, metrics } = options;
  const partitionBy = JSON.stringify(partitionColumns);
  return {
    timestamp: timestampMs,
    operation,
    operationParameters: operation === 'WRITE' ? { mode: 'Append', partitionBy } : { partitionBy },
    isolationLevel: operation === 'OPTIMIZE' ? 'SnapshotIsolation' : 'Serializable',
    isBlindAppend: operation !== 'OPTIMIZE',
    engineInfo: ENGINE,
    txnId,
    ...(metrics === undefined ? {} : { operationMetrics: metricsOf(metrics) }),
  };
}

function metricsOf({ files, rows, removedFiles, bytes }: CommitMetrics): JsonObject {
  return {
    numFiles: String(files),
    ...(rows === undefined ? {} : { numOutputRows: String(rows) }),
    ...(removedFiles === undefined ? {} : { numRemovedFiles: String(removedFiles) }),
    numOutputBytes: String(bytes),
  };
}
