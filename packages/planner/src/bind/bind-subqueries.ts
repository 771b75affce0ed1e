import { arrayOf, type Column, type Expr, failure, mayFail, typeOf, types } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { ApplyMode, LogicalPlan } from '../plan/logical-plan.ts';
import type { AstQuery } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';
import { bindExpr } from './bind-expr.ts';
import { type BoundQuery, bindQuery } from './bind-query.ts';
import { coerceForComparison, comparisonType, isComparison } from './comparison.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';

function bindInner(context: ExprContext, query: AstQuery, at: number | null): BoundQuery {
  if (context.applies === null) {
    const message = `cannot use subquery in ${context.clause.replace(/s$/, '')}`;
    throw failure('notAllowedHere', { message }, { position: positionOf(at) });
  }
  return bindQuery(context.state, query, { scope: context.scope, ctes: context.scope.ctes }, { keepUnknown: false });
}

function apply(context: ExprContext, subquery: LogicalPlan, mode: ApplyMode & { readonly output: Column }): Expr {
  context.applies?.push({ subquery, mode });
  return columnExpr(mode.output);
}

function onlyColumn(query: BoundQuery, at: number | null): Column {
  const [first, ...more] = query.columns;
  if (first === undefined || more.length > 0) {
    throw failure('syntaxError', { message: 'subquery must return only one column' }, { position: positionOf(at) });
  }
  return first.column;
}

/** `(SELECT x ...)`: the one value of its one row, NULL without a row. */
export function bindScalarSubquery(context: ExprContext, expr: AstOf<'scalar-subquery'>): Expr {
  const inner = bindInner(context, expr.query, expr.at);
  const { name, type } = onlyColumn(inner, expr.at);
  return apply(context, inner.plan, { kind: 'scalar', output: context.state.newColumn(name, type, true) });
}

/** `ARRAY(SELECT x ...)`. */
export function bindArraySubquery(context: ExprContext, expr: AstOf<'array-subquery'>): Expr {
  const inner = bindInner(context, expr.query, expr.at);
  const { type } = onlyColumn(inner, expr.at);
  if (type.kind === 'array') {
    throw failure('notSupported', { feature: 'a multidimensional array' }, { position: positionOf(expr.at) });
  }
  return apply(context, inner.plan, { kind: 'array', output: context.state.newColumn('array', arrayOf(type), false) });
}

/** `EXISTS (SELECT ...)`: of rows that nobody looks at, what might fail is not computed. */
export function bindExists(context: ExprContext, expr: AstOf<'exists'>): Expr {
  const inner = bindInner(context, expr.query, expr.at);
  return apply(context, withoutTargets(inner.plan), {
    kind: 'exists',
    output: context.state.newColumn('exists', types.bool, false),
  });
}

/**
 * The query without expressions of its SELECT list that may fail, and what stands on them. As in PostgreSQL, those of a grouped query are
 * computed, and those below an OFFSET or a LIMIT that may be 0.
 */
function withoutTargets(plan: LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'project':
      return !isGrouped(plan.input) && plan.assignments.some(({ expr }) => mayFail(expr)) ? plan.input : plan;
    case 'distinct':
      return droppedOver(plan);
    case 'sort':
    case 'limit': {
      const fetch = plan.range?.fetch ?? null;
      const count = fetch?.kind === 'cast' ? fetch.operand : fetch;
      const isSome = count === null || (count.kind === 'literal' && Number(count.value ?? 1) > 0);
      return isSome && (plan.range?.skip ?? null) === null ? droppedOver(plan) : plan;
    }
    default:
      return plan;
  }
}

function droppedOver(plan: LogicalPlan & { readonly input: LogicalPlan }): LogicalPlan {
  const input = withoutTargets(plan.input);
  return input === plan.input ? plan : input;
}

function isGrouped(plan: LogicalPlan): boolean {
  return plan.kind === 'filter' ? isGrouped(plan.input) : plan.kind === 'aggregate' || plan.kind === 'window';
}

/** `x IN (SELECT ...)`, `x op ANY|ALL (SELECT ...)`, rows with `=`. */
export function bindSubqueryCompare(context: ExprContext, expr: AstOf<'subquery-compare'>): Expr {
  const { state } = context;
  const position = positionOf(expr.at);
  const op = expr.op === '!=' ? '<>' : expr.op;
  if (!isComparison(op)) {
    throw failure('notSupported', { feature: `${op} ${expr.quantifier.toUpperCase()} (subquery)` }, { position });
  }
  const parts = expr.left.kind === 'row' ? expr.left.items : [expr.left];
  const left = parts.map((part) => bindExpr(context, part));
  const inner = bindInner(context, expr.query, expr.at);
  if (inner.columns.length !== left.length) {
    const message = `subquery has too ${inner.columns.length > left.length ? 'many' : 'few'} columns`;
    throw failure('syntaxError', { message }, { position });
  }
  const isDifferent = left.length > 1 && op === '<>' && expr.quantifier === 'all';
  if (left.length > 1 && op !== '=' && !isDifferent) {
    throw failure(
      'notSupported',
      { feature: `rows with ${op} ${expr.quantifier.toUpperCase()} (subquery)` },
      { position },
    );
  }
  const compared = left.map((side, i) => comparisonType(op, typeOf(side), inner.columns[i]!.column.type, position));
  const output = state.newColumn('?column?', types.bool, true);
  const result = apply(context, castColumns(context, inner.plan, compared), {
    kind: 'quantified',
    output,
    quantifier: isDifferent ? 'any' : expr.quantifier,
    op: isDifferent ? '=' : op,
    left: left.map((side, i) => coerceForComparison(state, side, compared[i]!)),
  });
  return expr.negated !== isDifferent ? { kind: 'not', operand: result } : result;
}

function castColumns(context: ExprContext, plan: LogicalPlan, to: readonly ReturnType<typeof typeOf>[]): LogicalPlan {
  const columns = columnsOf(plan);
  const exprs = columns.map((column, i) => coerceForComparison(context.state, columnExpr(column), to[i]!));
  if (exprs.every((expr) => expr.kind === 'column')) return plan;
  const assignments = exprs.map((expr, i) => {
    const { name, nullable } = columns[i]!;
    return { column: context.state.newColumn(name, typeOf(expr), nullable), expr };
  });
  return { kind: 'project', input: plan, assignments };
}
