import { assert, type Column, type ColumnId } from '@millrace/core';

/** Where each column of an operator's batches is. */
export interface ColumnLayout {
  readonly columns: readonly Column[];
  readonly positions: ReadonlyMap<ColumnId, number>;
}

/** The layout of batches whose vectors match `columns`. The first of two equal ids counts: both hold the same values. */
export function layoutOf(columns: readonly Column[]): ColumnLayout {
  const positions = new Map<ColumnId, number>();
  columns.forEach((column, position) => {
    if (!positions.has(column.id)) positions.set(column.id, position);
  });
  return { columns, positions };
}

/** The position of a column that must be there. */
export function positionOf(layout: ColumnLayout, id: ColumnId): number {
  const position = layout.positions.get(id);
  assert(position !== undefined, `column ${id} is not an input of the operator that reads it`);
  return position;
}
