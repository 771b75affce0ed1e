import { type Column, type Expr, failure } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { AstExpr, AstSelectItem } from '../sql/ast.ts';
import { bindExpr } from './bind-expr.ts';
import type { ExprContext, PendingApply } from './expr-context.ts';
import { outputName } from './output-name.ts';
import { positionOf } from './position.ts';
import { type NamespaceColumn, type NamespaceItem, resolveItem, type TableOrigin } from './scope.ts';

/** An entry of a select list, or an expression that ORDER BY or GROUP BY adds to it unseen. */
export interface Target {
  readonly name: string;
  expr: Expr;
  /** Subqueries it reads. GROUP BY takes those of a target it names, as they must run before grouping. */
  applies: PendingApply[];
  readonly origin: TableOrigin | null;
  readonly at: number | null;
  /** As it was written; null for a column that a star or a query below brought. */
  readonly ast: AstExpr | null;
}

/** The columns of a query below, as they are: what ORDER BY after VALUES or a set operation sorts. */
export function outputTargets(columns: readonly { readonly column: Column }[]): Target[] {
  return columns.map(({ column }) => ({
    name: column.name,
    expr: columnExpr(column),
    applies: [],
    origin: null,
    at: null,
    ast: null,
  }));
}

/** The select list, stars expanded. Throws 54011 for more entries than a row can have. */
export function bindTargets(context: ExprContext, items: readonly AstSelectItem[]): Target[] {
  const targets = items.flatMap((item) => {
    const star = starOf(item.expr);
    return star === null ? [bindTarget(context, item.expr, item.alias)] : expandStar(context, star);
  });
  if (targets.length > TARGETS_MAX) {
    throw failure('tooManyColumns', { message: `target lists can have at most ${TARGETS_MAX} entries` });
  }
  return targets;
}

/** PostgreSQL's limit (1664). */
const TARGETS_MAX = 1_664;

function starOf(expr: AstExpr): Extract<AstExpr, { kind: 'star' }> | null {
  return expr.kind === 'star' ? expr : null;
}

/** One expression with its own list of subqueries. */
export function bindTarget(context: ExprContext, ast: AstExpr, alias: string | null): Target {
  const applies: PendingApply[] = [];
  const expr = bindExpr({ ...context, applies }, ast);
  const name = alias ?? outputName(ast);
  return { name, expr, applies, origin: originOf(context, expr), at: ast.at, ast };
}

function originOf(context: ExprContext, expr: Expr): TableOrigin | null {
  if (expr.kind !== 'column') return null;
  for (const item of context.scope.items) {
    const column = item.columns.find((each) => each.id === expr.id);
    if (column !== undefined) return column.origin;
  }
  return null;
}

function expandStar(context: ExprContext, star: Extract<AstExpr, { kind: 'star' }>): readonly Target[] {
  const { scope, state } = context;
  const target = (item: NamespaceItem, column: NamespaceColumn): Target => {
    const expr = columnExpr(column);
    state.labels.set(expr, item.name === null ? column.name : `${item.name}.${column.name}`);
    if (star.at !== null) state.positions.set(expr, star.at);
    return { name: column.name, expr, applies: [], origin: column.origin, at: star.at, ast: null };
  };
  if (star.qualifier.length > 0) {
    const item = resolveItem(scope, star.qualifier, star.at);
    return item.columns.map((column) => target(item, column));
  }
  const visible = scope.items.filter((item) => item.isUnqualifiedVisible);
  if (visible.length === 0) {
    const message = 'SELECT * with no tables specified is not valid';
    throw failure('syntaxError', { message }, { position: positionOf(star.at) });
  }
  return visible.flatMap((item) => item.columns.map((column) => target(item, column)));
}
