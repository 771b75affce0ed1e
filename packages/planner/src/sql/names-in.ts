import type { AstCte, AstExpr, AstFrom, AstName, AstQuery, AstStatement, AstWindow } from './ast.ts';

/**
 * Every relation a statement names, in the order of the text, so that the engine can resolve them before binding. A name that a WITH of the
 * same statement defines is left out where it stands in that WITH's reach; the same name may appear more than once.
 */
export function namesIn(statement: AstStatement): readonly AstName[] {
  const names: AstName[] = [];
  visitStatement(statement, { names, hidden: new Set() });
  return names;
}

interface Scope {
  readonly names: AstName[];
  /** CTE names in reach. */
  readonly hidden: ReadonlySet<string>;
}

function visitStatement(statement: AstStatement, scope: Scope): void {
  switch (statement.kind) {
    case 'query':
      visitQuery(statement.query, scope);
      break;
    case 'insert': {
      scope.names.push(statement.table);
      const inner = visitWith(statement.with, false, scope);
      if (statement.source !== null) visitQuery(statement.source, inner);
      return;
    }
    case 'create-table':
      scope.names.push(statement.name);
      for (const column of statement.columns) {
        visitExpr(column.default, scope);
        visitExpr(column.generated, scope);
      }
      return;
    case 'drop-table':
      scope.names.push(...statement.names);
      return;
    case 'copy-from':
      scope.names.push(statement.table);
      return;
    case 'copy-to':
      if (statement.table !== null) scope.names.push(statement.table);
      if (statement.query !== null) visitQuery(statement.query, scope);
      return;
    case 'explain':
    case 'prepare':
      visitStatement(statement.statement, scope);
      break;
    case 'call':
    case 'execute':
      visitExprs(statement.args, scope);
      break;
    default:
      return;
  }
}

function visitWith(ctes: readonly AstCte[], isRecursive: boolean, scope: Scope): Scope {
  if (ctes.length === 0) return scope;
  const hidden = new Set(scope.hidden);
  if (isRecursive) for (const cte of ctes) hidden.add(cte.name);
  for (const cte of ctes) {
    visitStatement(cte.statement, { names: scope.names, hidden });
    hidden.add(cte.name);
  }
  return { names: scope.names, hidden };
}

function visitQuery(query: AstQuery, outer: Scope): void {
  const scope = visitWith(query.with, query.isRecursive, outer);
  const { body } = query;
  switch (body.kind) {
    case 'values':
      for (const row of body.rows) visitExprs(row, scope);
      break;
    case 'set-operation':
      visitQuery(body.left, scope);
      visitQuery(body.right, scope);
      break;
    case 'select':
      visitExprs(body.distinctOn, scope);
      for (const item of body.items) visitExpr(item.expr, scope);
      for (const from of body.from) visitFrom(from, scope);
      visitExpr(body.where, scope);
      visitExprs(body.groupBy, scope);
      visitExpr(body.having, scope);
      for (const { window } of body.windows) visitWindow(window, scope);
      break;
    default:
      body satisfies never;
  }
  for (const key of query.orderBy) visitExpr(key.expr, scope);
  visitExpr(query.limit, scope);
  visitExpr(query.offset, scope);
}

function visitWindow(window: AstWindow, scope: Scope): void {
  visitExprs(window.partitionBy, scope);
  for (const key of window.orderBy) visitExpr(key.expr, scope);
  for (const bound of [window.frame?.start, window.frame?.end]) {
    if (bound !== undefined && 'offset' in bound) visitExpr(bound.offset, scope);
  }
}

function visitFrom(from: AstFrom, scope: Scope): void {
  switch (from.kind) {
    case 'table': {
      const { parts } = from.name;
      if (parts.length > 1 || !scope.hidden.has(parts[0]!)) scope.names.push(from.name);
      return;
    }
    case 'subquery':
      visitQuery(from.query, scope);
      break;
    case 'function':
      visitExpr(from.call, scope);
      break;
    case 'join':
      visitFrom(from.left, scope);
      visitFrom(from.right, scope);
      visitExpr(from.on, scope);
      break;
    default:
      from satisfies never;
  }
}

function visitExprs(exprs: readonly AstExpr[], scope: Scope): void {
  for (const expr of exprs) visitExpr(expr, scope);
}

function visitExpr(expr: AstExpr | null, scope: Scope): void {
  if (expr === null) return;
  switch (expr.kind) {
    case 'column':
    case 'star':
    case 'literal':
    case 'parameter':
    case 'sql-value':
    case 'default':
      return;
    case 'operator':
    case 'is-distinct':
    case 'nullif':
    case 'quantified':
      visitExpr(expr.left, scope);
      visitExpr(expr.right, scope);
      break;
    case 'and':
    case 'or':
      visitExprs(expr.operands, scope);
      break;
    case 'not':
    case 'is-null':
    case 'is-bool':
    case 'cast':
    case 'collate':
    case 'field':
      visitExpr(expr.operand, scope);
      break;
    case 'coalesce':
    case 'min-max':
      visitExprs(expr.args, scope);
      break;
    case 'array':
    case 'row':
      visitExprs(expr.items, scope);
      break;
    case 'scalar-subquery':
    case 'array-subquery':
    case 'exists':
      visitQuery(expr.query, scope);
      break;
    default:
      visitLargeExpr(expr, scope);
      break;
  }
}

type LargeExpr = Extract<
  AstExpr,
  { readonly kind: 'between' | 'in' | 'case' | 'call' | 'subscript' | 'subquery-compare' }
>;

function visitLargeExpr(expr: LargeExpr, scope: Scope): void {
  switch (expr.kind) {
    case 'between':
      visitExprs([expr.operand, expr.low, expr.high], scope);
      break;
    case 'in':
      visitExpr(expr.operand, scope);
      visitExprs(expr.items, scope);
      break;
    case 'case':
      visitExpr(expr.operand, scope);
      for (const branch of expr.branches) visitExprs([branch.when, branch.then], scope);
      visitExpr(expr.otherwise, scope);
      break;
    case 'call':
      visitExprs(expr.args, scope);
      for (const key of expr.orderBy) visitExpr(key.expr, scope);
      visitExpr(expr.filter, scope);
      if (expr.over !== null) visitWindow(expr.over, scope);
      break;
    case 'subscript':
      visitExpr(expr.operand, scope);
      visitExpr(expr.index, scope);
      visitExpr(expr.upper, scope);
      break;
    case 'subquery-compare':
      visitExpr(expr.left, scope);
      visitQuery(expr.query, scope);
      break;
    default:
      expr satisfies never;
  }
}
