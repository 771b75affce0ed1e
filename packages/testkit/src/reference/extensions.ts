import { assert, type Value } from '@millrace/core';
import { columnsOf, type PlanOf } from '@millrace/planner';
import { passes, type ReferenceEnvironment } from './expressions.ts';
import { type Row, rowOf } from './row.ts';

/** The rows of the kit's own extension node; see `COPIES_NODE`. Other extensions have no meaning here. */
export function extensionReference(
  { node, inputs }: PlanOf<'extension'>,
  rows: readonly Row[],
  environment: ReferenceEnvironment,
): readonly Row[] {
  assert(node.name === 'testkit-copies', `the reference interpreter does not know the extension ${node.name}`);
  const sources = inputs.flatMap(columnsOf);
  const { copies } = node.properties;
  assert(typeof copies === 'number', 'copies is a number');
  return rows.flatMap((row) => {
    const cells = sources.map((column): Value => row.values.get(column.id) ?? null);
    return Array.from({ length: passes(node.exprs, row, environment) ? copies : 1 }, (_, copy) =>
      rowOf(
        node.columns.map((column, i) => [column.id, i < cells.length ? (cells[i] ?? null) : copy + 1]),
        row.outer,
      ),
    );
  });
}
