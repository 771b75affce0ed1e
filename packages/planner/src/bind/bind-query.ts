import { type Column, failure } from '@millrace/core';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { AstExpr, AstQuery, AstSortKey } from '../sql/ast.ts';
import { bindSelect } from './bind-select.ts';
import { bindSetOperation } from './bind-set-operation.ts';
import type { BindState } from './bind-state.ts';
import { bindValuesQuery } from './bind-values.ts';
import { bindWith, type CteScope } from './bind-with.ts';
import { positionOf } from './position.ts';
import type { Scope, TableOrigin } from './scope.ts';

/** What surrounds a query: names it may refer to, and WITH queries in reach. */
export interface QueryOuter {
  readonly scope: Scope | null;
  readonly ctes: CteScope | null;
}
/** A column of a query's result, and the table column it is, if it is one. */
export interface OutputColumn {
  readonly column: Column;
  readonly origin: TableOrigin | null;
}
/** A query's plan; it produces exactly `columns`, in order. */
export interface BoundQuery {
  readonly plan: LogicalPlan;
  readonly columns: readonly OutputColumn[];
}
/** How the text around a query changes its binding. */
export interface QueryOptions {
  /** Leaves literals of no type unknown in the result, for a UNION or INSERT around the query to decide; else they become text. */
  readonly keepUnknown: boolean;
}
/** What stands after a query's body. */
export interface QueryTail {
  readonly orderBy: readonly AstSortKey[];
  readonly limit: AstExpr | null;
  readonly offset: AstExpr | null;
}

/** How many levels of nesting one query counts for: binding it takes about that many times an expression's stack. */
const QUERY_WEIGHT = 8;

/** A query expression: WITH, body, ORDER BY, LIMIT. */
export function bindQuery(state: BindState, query: AstQuery, outer: QueryOuter, options: QueryOptions): BoundQuery {
  return state.nested(QUERY_WEIGHT, () => {
    refuseFeatures(query);
    const inner: QueryOuter = { scope: outer.scope, ctes: bindWith(state, query.with, outer) };
    const { body } = query;
    switch (body.kind) {
      case 'select':
        return bindSelect(state, body, { tail: query, outer: inner, options });
      case 'values':
        return bindValuesQuery(state, body, { tail: query, outer: inner, options });
      case 'set-operation':
        return bindSetOperation(state, body, { tail: query, outer: inner, options });
      default:
        return body satisfies never;
    }
  });
}

/** What the parts of a query's body are bound with. */
export interface QueryContext {
  readonly tail: QueryTail;
  readonly outer: QueryOuter;
  readonly options: QueryOptions;
}

function refuseFeatures(query: AstQuery): void {
  const feature = query.isRecursive
    ? 'WITH RECURSIVE'
    : query.locking !== null
      ? query.locking
      : query.withTies
        ? 'FETCH FIRST ... WITH TIES'
        : null;
  if (feature !== null) throw failure('notSupported', { feature }, { position: positionOf(query.at) });
}

/** Whether anything stands after the body. */
export function hasTail(tail: QueryTail): boolean {
  return tail.orderBy.length > 0 || tail.limit !== null || tail.offset !== null;
}
