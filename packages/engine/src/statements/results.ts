import {
  type CommandTag,
  type DataType,
  type RecordBatch,
  type ResultColumn,
  type StatementResult,
  type Value,
  vectorFromValues,
} from '@millrace/core';

async function* noBatches(): AsyncGenerator<RecordBatch, void, void> {}

async function* oneBatch(batch: RecordBatch): AsyncGenerator<RecordBatch, void, void> {
  if (batch.rowCount > 0) yield batch;
}

/** The answer to a text without a statement. */
export function emptyResult(): StatementResult {
  return {
    isEmpty: true,
    columns: null,
    batches: noBatches(),
    complete: async () => ({ text: '', appendRowCount: false }),
  };
}

/** The answer of a statement without rows. */
export function commandResult(text: string): StatementResult {
  return { isEmpty: false, columns: null, batches: noBatches(), complete: async () => tagOf(text) };
}

/** A command tag; `appendRowCount` where the protocol adds the rows it sent. */
export function tagOf(text: string, appendRowCount = false): CommandTag {
  return { text, appendRowCount };
}

/** Rows that are at hand (SHOW, EXPLAIN). */
export function rowsResult(
  columns: readonly ResultColumn[],
  rows: readonly (readonly Value[])[],
  tag: string,
): StatementResult {
  const vectors = columns.map((column, index) =>
    vectorFromValues(
      column.type,
      rows.map((row) => row[index] ?? null),
    ),
  );
  return {
    isEmpty: false,
    columns,
    batches: oneBatch({ rowCount: rows.length, vectors }),
    complete: async () => tagOf(tag),
  };
}

/** A result column that is not a table's. */
export function resultColumn(name: string, type: DataType): ResultColumn {
  return { name, type, tableOid: 0, attributeNumber: 0 };
}
