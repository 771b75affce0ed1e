import { type CatalogColumn, type CatalogTable, type Column, type Expr, failure } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { Assignment, ExtensionNode, LogicalPlan } from '../plan/logical-plan.ts';
import type { AstStatement } from '../sql/ast.ts';
import { findTable } from './bind-from.ts';
import { defaultOf, requireInsertable } from './bind-insert.ts';
import type { BindState } from './bind-state.ts';

type AstCopyFrom = Extract<AstStatement, { kind: 'copy-from' }>;

/** The name of the node that stands for the rows a client sends while the plan runs. */
export const CLIENT_ROWS = 'client-rows';

/**
 * COPY ... FROM is an INSERT of rows that come while it runs, so that whatever looks at Insert nodes (policies) sees it too:
 *
 *     Insert into t                          Insert into t
 *       client-rows [all columns]              Project a, b = its default
 *                                                client-rows [a]
 *
 * 42P01, 42703, 42701, 42P10, 42809; 0A000 for WHERE.
 */
export function bindCopyFrom(state: BindState, ast: AstCopyFrom): LogicalPlan {
  const table = findTable(state, ast.table.parts, null);
  requireInsertable(table);
  const copied = copiedColumns(table, ast.columns);
  if (ast.hasWhere) throw failure('notSupported', { feature: 'COPY FROM ... WHERE' });
  const columns = copied.map(({ name, type }) => state.newColumn(name, type, true));
  const node: ExtensionNode = { name: CLIENT_ROWS, columns, exprs: [], properties: {} };
  const rows: LogicalPlan = { kind: 'extension', node, inputs: [] };
  const isWhole = copied.length === table.columns.length && copied.every((column, i) => column === table.columns[i]);
  const input = isWhole ? rows : withDefaults(state, table, rows);
  const produced = columnsOf(input);
  const fields = table.columns.map(({ name, nullable }, i) => ({ field: name, nullable, source: produced[i]!.id }));
  return { kind: 'insert', table: state.writeTable(table), fields, input };
}

function withDefaults(state: BindState, table: CatalogTable, input: LogicalPlan): LogicalPlan {
  const given = new Map(columnsOf(input).map((column): [string, Column] => [column.name, column]));
  const assignments = table.columns.map((column): Assignment => {
    const source = given.get(column.name);
    const expr: Expr = source === undefined ? defaultOf(column) : columnExpr(source);
    return { column: state.newColumn(column.name, column.type, true), expr };
  });
  return { kind: 'project', input, assignments };
}

/** The columns that COPY reads or writes: the list, or all but the generated ones. 42703, 42701, 42P10. */
export function copiedColumns(table: CatalogTable, list: readonly string[] | null): readonly CatalogColumn[] {
  if (list === null) return table.columns.filter(({ generated }) => generated === undefined);
  const seen = new Set<string>();
  return list.map((name) => {
    const column = table.columns.find((one) => one.name === name);
    if (column === undefined) throw failure('undefinedColumn', { name: `"${name}" of relation "${table.name}"` });
    if (column.generated !== undefined) {
      throw failure(
        'invalidColumnReference',
        { message: `column "${name}" is a generated column` },
        { detail: 'Generated columns cannot be used in COPY.' },
      );
    }
    if (seen.has(name)) throw failure('duplicateColumn', { name });
    seen.add(name);
    return column;
  });
}
