import {
  type ColumnId,
  type ColumnVector,
  type Expr,
  gatherBatch,
  type PreparedScan,
  type RecordBatch,
} from '@millrace/core';
import type { PhysicalOf, ScanColumn } from '@millrace/planner';
import { foldConstants } from '../expressions/fold-constants.ts';
import { batchInput } from '../expressions/inputs.ts';
import { compileRowFilter, type RowFilter } from '../expressions/row-filter.ts';
import { compileRange, type RowCounts } from '../expressions/row-range.ts';
import { type ColumnLayout, layoutOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import { takeRange } from './limit.ts';

/**
 * Asks the table for the columns with those filters that consist of columns and literals once parameters are known, checks what the
 * table did not apply, drops columns that only filters read, then applies the range.
 */
export function compileTableScan(plan: PhysicalOf<'table-scan'>): Operator {
  const range = compileRange(plan.range);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const counts = range(task);
      if (counts.fetch === 0) return;
      const batches = scan(plan, counts, task);
      if (plan.range === null) yield* batches;
      else yield* takeRange(batches, counts);
    },
  };
}

interface FoldedFilters {
  /** What the table is asked to apply. */
  readonly offered: readonly Expr[];
  /** What only the operator can apply: volatile, or failing until a row reaches it. */
  readonly kept: readonly Expr[];
}

function foldFilters(plan: PhysicalOf<'table-scan'>, layout: ColumnLayout, task: TaskContext): FoldedFilters {
  const offered: Expr[] = [];
  const kept: Expr[] = [];
  const context = {
    evaluation: task.evaluation,
    outer: task.outer,
    isColumn: (id: ColumnId) => layout.positions.has(id),
  };
  for (const filter of plan.filters) {
    const folded = foldConstants(filter, context);
    if (folded === null) kept.push(filter);
    else if (folded.kind !== 'literal' || folded.value !== true) offered.push(folded);
  }
  return { offered, kept };
}

/** The columns that batches of the table must have: the produced ones, then those that filters read. */
function requestedColumns(plan: PhysicalOf<'table-scan'>): readonly ScanColumn[] {
  const produced = new Set(plan.scanColumns.map((column) => column.id));
  return [...plan.scanColumns, ...plan.filterColumns.filter((column) => !produced.has(column.id))];
}

async function* scan(
  plan: PhysicalOf<'table-scan'>,
  counts: RowCounts,
  task: TaskContext,
): AsyncGenerator<RecordBatch, void, void> {
  const columns = requestedColumns(plan);
  const layout = layoutOf(columns);
  const { offered, kept } = foldFilters(plan, layout, task);
  if (offered.some((filter) => filter.kind === 'literal')) return;
  const fields = new Map(columns.map((column) => [column.id, column.field]));
  const prepared = await task.table(plan.table.tableId).prepareScan(
    {
      columns: columns.map((column) => column.field),
      filters: offered,
      fieldOf: (id: ColumnId) => fields.get(id) as string,
      fetch: counts.fetch === null || kept.length > 0 ? null : counts.skip + counts.fetch,
    },
    { signal: task.signal, batchRows: task.batchRows },
  );
  const filter = compileRowFilter([...prepared.residualFilters, ...kept]);
  yield* readBatches({ plan, layout, prepared, filter, task });
}

interface Reading {
  readonly plan: PhysicalOf<'table-scan'>;
  readonly layout: ColumnLayout;
  readonly prepared: PreparedScan;
  readonly filter: RowFilter;
  readonly task: TaskContext;
}

async function* readBatches(reading: Reading): AsyncGenerator<RecordBatch, void, void> {
  const { plan, layout, prepared, filter, task } = reading;
  const width = plan.scanColumns.length;
  const pacer = new Pacer(task);
  try {
    for await (const batch of prepared.batches()) {
      if (pacer.step()) await pacer.turn();
      const rows = filter(batchInput(layout, batch, task.outer), task.evaluation);
      if (rows !== null && rows.length === 0) continue;
      const produced = width === batch.vectors.length ? batch : project(batch, width);
      yield rows === null ? produced : gatherBatch(produced, rows);
    }
  } finally {
    const entry = task.stats?.of(plan);
    if (entry !== undefined) entry.detail = prepared.describe();
  }
}

function project(batch: RecordBatch, width: number): RecordBatch {
  const vectors: readonly ColumnVector[] = batch.vectors.slice(0, width);
  return { rowCount: batch.rowCount, vectors };
}
