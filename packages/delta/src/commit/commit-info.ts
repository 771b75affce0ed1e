import type { JsonObject } from '../log/exact-json.ts';

/** What engines show as the writer in a table's history. */
const ENGINE = 'millrace/0.1.0';

/** The first line of a commit. `txnId` tells our own commit from another's when an answer was lost. */
export function commitInfo(options: {
  readonly operation: 'CREATE TABLE' | 'WRITE';
  readonly txnId: string;
  readonly timestampMs: number;
  readonly partitionColumns: readonly string[];
  readonly metrics?: { readonly files: number; readonly rows: number; readonly bytes: number };
}): JsonObject {
  const { operation, txnId, timestampMs, partitionColumns, metrics } = options;
  const partitionBy = JSON.stringify(partitionColumns);
  return {
    timestamp: timestampMs,
    operation,
    operationParameters: operation === 'WRITE' ? { mode: 'Append', partitionBy } : { partitionBy },
    isolationLevel: 'Serializable',
    isBlindAppend: true,
    engineInfo: ENGINE,
    txnId,
    ...(metrics === undefined
      ? {}
      : {
          operationMetrics: {
            numFiles: String(metrics.files),
            numOutputRows: String(metrics.rows),
            numOutputBytes: String(metrics.bytes),
          },
        }),
  };
}
