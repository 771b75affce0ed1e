import { type ColumnId, columnsRead, type DataType, type Expr, type Schema } from '@millrace/core';
import type { AddFile } from '../log/actions.ts';
import { parsePartitionValue } from '../write/partition-value.ts';
import { columnRange, statisticsOf } from './file-statistics.ts';
import { type ColumnRange, outcomesOf, TRUE } from './outcomes.ts';

/** The filters, and the table they are about. */
export interface PruneRequest {
  readonly schema: Schema;
  readonly partitionColumns: readonly string[];
  readonly filters: readonly Expr[];
  readonly fieldOf: (id: ColumnId) => string;
}
/** The files that may hold rows, and what is left to check on them. */
export interface PrunedFiles {
  readonly files: readonly AddFile[];
  /** Filters that are not proven TRUE for every row of those files. */
  readonly residualFilters: readonly Expr[];
}

/**
 * The files that may hold rows for which every filter is TRUE: from partition values (exact) and statistics (bounds). A filter that is
 * proven for all rows of all remaining files need not be checked again; a predicate on partition columns alone always is one.
 */
export function pruneFiles(files: Iterable<AddFile>, request: PruneRequest): PrunedFiles {
  const { filters } = request;
  const columns = columnsOf(request);
  const isProven = filters.map(() => true);
  const kept: AddFile[] = [];
  for (const file of files) {
    const known = new Map<ColumnId, ColumnRange | null>();
    const rangeOf = (id: ColumnId): ColumnRange | null => {
      let range = known.get(id);
      if (range === undefined) {
        range = rangeIn(file, columns.get(id));
        known.set(id, range);
      }
      return range;
    };
    const outcomes = filters.map((filter) => outcomesOf(filter, rangeOf));
    if (outcomes.some((outcome) => (outcome & TRUE) === 0)) continue;
    kept.push(file);
    for (const [i, outcome] of outcomes.entries()) if (outcome !== TRUE) isProven[i] = false;
  }
  return { files: kept, residualFilters: filters.filter((_, i) => !isProven[i]) };
}

interface PruneColumn {
  readonly name: string;
  readonly type: DataType;
  readonly isPartition: boolean;
}

function columnsOf(request: PruneRequest): ReadonlyMap<ColumnId, PruneColumn> {
  const ids = new Set<ColumnId>();
  for (const filter of request.filters) columnsRead(filter, ids);
  const columns = new Map<ColumnId, PruneColumn>();
  for (const id of ids) {
    const name = request.fieldOf(id);
    const field = request.schema.fields.find((candidate) => candidate.name === name);
    if (field !== undefined)
      columns.set(id, { name, type: field.type, isPartition: request.partitionColumns.includes(name) });
  }
  return columns;
}

function rangeIn(file: AddFile, column: PruneColumn | undefined): ColumnRange | null {
  if (column === undefined) return null;
  const { name, type, isPartition } = column;
  if (!isPartition) return columnRange(statisticsOf(file), name, type);
  const value = parsePartitionValue(type, file.partitionValues[name], name);
  return { type, min: value, max: value, nulls: value === null ? 'all' : 'none' };
}
