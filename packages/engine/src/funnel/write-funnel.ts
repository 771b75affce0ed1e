import {
  type CatalogTable,
  type ColumnId,
  type ColumnVector,
  compileExpr,
  type EvaluationContext,
  type FormatSettings,
  failure,
  type IngestHook,
  isNullAt,
  type RecordBatch,
  sameType,
  type TableStorage,
  valueAt,
  valueToText,
} from '@millrace/core';

const DETAIL_CHARACTERS_MAX = 64;

/**
 * Law 5, one write funnel: every row of every way in passes here, by batch, before it joins the transaction: hooks, then generated columns from
 * what they left (a plan has NULL in their place), then NOT NULL and what the storage cannot hold. Returns what is to be written.
 */
export function admitRows(
  batch: RecordBatch,
  table: CatalogTable,
  options: {
    readonly hooks: readonly IngestHook[];
    readonly evaluation: EvaluationContext;
    readonly storage: TableStorage;
  },
): RecordBatch {
  let admitted = batch;
  for (const hook of options.hooks) {
    if (hook.before === undefined) continue;
    const changed = hook.before(admitted, table);
    if (changed !== admitted) checkShape(changed, { table, before: admitted, hookName: hook.name });
    admitted = changed;
  }
  admitted = withGeneratedColumns(admitted, table, options.evaluation);
  checkNotNull(admitted, table, options.evaluation.format);
  options.storage.validateRows(table, admitted);
  return admitted;
}

/** A hook may change rows, not what a row is: what it returns goes into the log as the table's columns. */
function checkShape(
  { rowCount, vectors }: RecordBatch,
  {
    table,
    before,
    hookName,
  }: { readonly table: CatalogTable; readonly before: RecordBatch; readonly hookName: string },
): void {
  const isWhole =
    Number.isSafeInteger(rowCount) &&
    rowCount >= 0 &&
    vectors.length === before.vectors.length &&
    before.vectors.every((given, index) => {
      const vector = vectors[index];
      return vector !== undefined && vector.length === rowCount && sameType(vector.type, given.type);
    });
  if (isWhole) return;
  const message = `ingest hook "${hookName}" returned rows that are not rows of table "${table.name}"`;
  throw failure('internal', { message });
}

/** Each generated column is computed once for the whole batch. */
function withGeneratedColumns(batch: RecordBatch, { columns }: CatalogTable, context: EvaluationContext): RecordBatch {
  if (columns.every((column) => column.generated === undefined)) return batch;
  const { rowCount } = batch;
  const column = (id: ColumnId): ColumnVector => batch.vectors[id - 1] as ColumnVector;
  const vectors = columns.map(({ generated }, index) =>
    generated === undefined
      ? (batch.vectors[index] as ColumnVector)
      : compileExpr(generated.expr)({ rowCount, column }, context),
  );
  return { rowCount, vectors };
}

function checkNotNull(batch: RecordBatch, table: CatalogTable, format: FormatSettings): void {
  let firstRow = batch.rowCount;
  let firstColumn = -1;
  for (const [index, column] of table.columns.entries()) {
    const vector = batch.vectors[index];
    if (column.nullable || vector === undefined) continue;
    if (vector.kind === 'constant' ? vector.value !== null : vector.validity === null) continue;
    for (let row = 0; row < firstRow; row++) {
      if (isNullAt(vector, row)) {
        firstRow = row;
        firstColumn = index;
      }
    }
  }
  const column = table.columns[firstColumn];
  if (column === undefined) return;
  throw failure(
    'notNullViolation',
    { column: column.name, table: table.name },
    {
      detail: failingRow(batch, table, firstRow, format),
      schema: table.schemaName,
      table: table.name,
      column: column.name,
    },
  );
}

/** PostgreSQL's detail: the row's values as text, long ones cut. */
function failingRow(batch: RecordBatch, table: CatalogTable, row: number, format: FormatSettings): string {
  const values = table.columns.map((column, index) => {
    const vector = batch.vectors[index];
    const value = vector === undefined ? null : valueAt(vector, row);
    if (value === null) return 'null';
    const text = valueToText(column.type, value, format);
    return text.length > DETAIL_CHARACTERS_MAX ? `${text.slice(0, DETAIL_CHARACTERS_MAX)}...` : text;
  });
  return `Failing row contains (${values.join(', ')}).`;
}
