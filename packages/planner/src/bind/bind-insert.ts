import { type CatalogColumn, type CatalogTable, type Column, type Expr, failure, typeOf } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { Assignment, LogicalPlan, PlanOf } from '../plan/logical-plan.ts';
import type { AstExpr, AstStatement } from '../sql/ast.ts';
import { bindExpr, startOf } from './bind-expr.ts';
import { findTable } from './bind-from.ts';
import { bindQuery, hasTail, type OutputColumn, type QueryOuter } from './bind-query.ts';
import { bindReturning } from './bind-returning.ts';
import type { BindState } from './bind-state.ts';
import { checkWidths, rowsPlan, valuesContext } from './bind-values.ts';
import { bindWith } from './bind-with.ts';
import { coerceForColumn } from './coerce.ts';
import type { PendingApply } from './expr-context.ts';
import { isNullableExpr } from './expr-nullability.ts';
import { positionOf } from './position.ts';
import { retypeColumn } from './retype.ts';

type AstInsert = Extract<AstStatement, { kind: 'insert' }>;

/**
 * INSERT: every field of the table once, in field order; columns that are not given get their default. VALUES stays directly below the Insert,
 * whatever it was written with, so that the fast path can recognize it:
 *
 *     Insert(Values[cells cast to the fields])        Insert(Project[casts, defaults] <- query)
 *
 * With RETURNING a projection stands above the Insert; see bindReturning.
 */
export function bindInsert(state: BindState, ast: AstInsert): BoundInsert {
  const position = positionOf(ast.at);
  const [unsupported] = ast.unsupported;
  if (unsupported !== undefined) throw failure('notSupported', { feature: unsupported }, { position });
  const table = findTable(state, ast.table.parts, ast.table.at);
  requireInsertable(table);
  const outer: QueryOuter = { scope: null, ctes: bindWith(state, ast.with, { scope: null, ctes: null }) };
  const targets = targetColumns(table, ast);
  const input = bindSource(state, ast, { table, targets, outer });
  const produced = columnsOf(input);
  const fields = table.columns.map((column, i) => ({
    field: column.name,
    nullable: column.nullable,
    source: produced[i]!.id,
  }));
  const plan: PlanOf<'insert'> = { kind: 'insert', table: state.writeTable(table), fields, input };
  if (ast.returning === undefined) return { plan, columns: null };
  const isQuery = input.kind === 'project' && ast.source?.body.kind !== 'values';
  const source = isQuery ? columnsOf(input.input) : null;
  return bindReturning(state, plan, { table, alias: ast.alias, items: ast.returning, source, outer });
}

/** An INSERT's plan, and the columns of RETURNING; null without. */
export interface BoundInsert {
  readonly plan: LogicalPlan;
  readonly columns: readonly OutputColumn[] | null;
}

/** 42809 for a table of the system catalog. */
export function requireInsertable(table: CatalogTable): void {
  if (!table.isSystem) return;
  const message = `cannot insert into "${table.name}"`;
  throw failure('wrongObjectType', { message }, { detail: 'It is a read-only table of the system catalog.' });
}

interface Target {
  readonly column: CatalogColumn;
  readonly at: number | null;
}

/** The columns that are given, in the order of the list. Throws 42703 and 42701. */
function targetColumns(table: CatalogTable, ast: AstInsert): readonly Target[] {
  if (ast.columns === null) return table.columns.map((column) => ({ column, at: null }));
  const seen = new Set<string>();
  return ast.columns.map(({ name, at }) => {
    const column = table.columns.find((each) => each.name === name);
    if (column === undefined) {
      const label = `"${name}" of relation "${table.name}"`;
      throw failure('undefinedColumn', { name: label }, { position: positionOf(at) });
    }
    if (seen.has(name)) throw failure('duplicateColumn', { name }, { position: positionOf(at) });
    seen.add(name);
    return { column, at };
  });
}

interface Into {
  readonly table: CatalogTable;
  readonly targets: readonly Target[];
  readonly outer: QueryOuter;
}

function bindSource(state: BindState, ast: AstInsert, into: Into): LogicalPlan {
  const { source } = ast;
  if (source === null) return insertValues(state, [[]], { ...into, targets: [] });
  const { body } = source;
  if (body.kind === 'values' && !hasTail(source) && source.with.length === 0) {
    checkWidths(body.rows);
    checkCount(ast, into, body.rows[0] ?? []);
    return insertValues(state, body.rows, into);
  }
  return insertQuery(state, ast, into);
}

function checkCount(ast: AstInsert, { targets }: Into, given: readonly (AstExpr | null)[]): void {
  const extra = given[targets.length];
  if (given.length > targets.length) {
    const position = extra ? positionOf(startOf(extra)) : positionOf(ast.at);
    throw failure('syntaxError', { message: 'INSERT has more expressions than target columns' }, { position });
  }
  const missing = targets[given.length];
  if (ast.columns !== null && missing !== undefined) {
    const message = 'INSERT has more target columns than expressions';
    throw failure('syntaxError', { message }, { position: positionOf(missing.at) });
  }
}

/** Throws 428C9 for a value that is meant for a generated column: only DEFAULT may stand there. */
function refuseGenerated(given: readonly Target[]): void {
  const target = given.find(({ column }) => column.generated !== undefined);
  if (target === undefined) return;
  const { name } = target.column;
  throw failure('generatedAlways', { name }, { detail: `Column "${name}" is a generated column.` });
}

/** The value of a column that is not given, or DEFAULT; NULL for a generated one, which the write funnel computes. */
export function defaultOf(column: CatalogColumn): Expr {
  return column.defaultExpr ?? { kind: 'literal', value: null, type: column.type };
}

function insertValues(state: BindState, rows: readonly (readonly AstExpr[])[], into: Into): LogicalPlan {
  const indexOf = new Map(into.targets.map(({ column }, i) => [column.name, i]));
  const bound = rows.map((row) => {
    const applies: PendingApply[] = [];
    const context = valuesContext(state, into.outer, applies);
    const cells = row.map((cell, i) => {
      const { column } = into.targets[i]!;
      if (cell.kind === 'default') return defaultOf(column);
      return coerceForColumn(state, bindExpr(context, cell), column, startOf(cell));
    });
    const ordered = into.table.columns.map((column) => cells[indexOf.get(column.name) ?? -1] ?? defaultOf(column));
    return { cells: ordered, applies };
  });
  refuseGenerated(into.targets.filter((_, i) => rows.some((row) => row[i] !== undefined && row[i].kind !== 'default')));
  const columns = into.table.columns.map((column, i): Column => {
    const nullable = bound.some((row) => isNullableExpr(state, row.cells[i]!));
    return state.newColumn(column.name, column.type, nullable);
  });
  return rowsPlan(state, bound, columns);
}

function insertQuery(state: BindState, ast: AstInsert, into: Into): LogicalPlan {
  const bound = bindQuery(state, ast.source!, into.outer, { keepUnknown: true });
  const { body } = ast.source!;
  const items = body.kind === 'select' && body.items.length === bound.columns.length ? body.items : [];
  checkCount(
    ast,
    into,
    bound.columns.map((_, i) => items[i]?.expr ?? null),
  );
  const at = (i: number): number | null => (items[i] === undefined ? body.at : startOf(items[i].expr));
  let { plan } = bound;
  for (const [i, { column }] of bound.columns.entries()) {
    if (column.type.kind !== 'unknown') continue;
    const target = into.targets[i]!.column;
    plan = retypeColumn(plan, column.id, (expr) => coerceForColumn(state, expr, target, at(i)));
  }
  const sources = columnsOf(plan);
  const indexOf = new Map(into.targets.map(({ column }, i) => [column.name, i]));
  const assignments = into.table.columns.map((column): Assignment => {
    const index = indexOf.get(column.name) ?? -1;
    const source = sources[index];
    const expr =
      source === undefined ? defaultOf(column) : coerceForColumn(state, columnExpr(source), column, at(index));
    return { column: state.newColumn(column.name, typeOf(expr), isNullableExpr(state, expr)), expr };
  });
  refuseGenerated(into.targets.slice(0, sources.length));
  return { kind: 'project', input: plan, assignments };
}
