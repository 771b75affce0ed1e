import type { Column, Expr } from '@millrace/core';
import type { Aggregation, ApplyMode, LogicalPlan } from '../plan/logical-plan.ts';
import type { WindowCall } from '../plan/window.ts';
import type { AstWindow } from '../sql/ast.ts';
import type { BindState } from './bind-state.ts';
import type { Scope } from './scope.ts';

/** A subquery found in an expression, whose output column the expression reads: becomes an Apply under the node that needs it. */
export interface PendingApply {
  readonly subquery: LogicalPlan;
  readonly mode: ApplyMode;
}

/** A set-returning function found in a select list, whose output column the expression reads. */
export interface PendingSet {
  readonly fn: string;
  readonly args: readonly Expr[];
  readonly output: Column;
}

/** Where the aggregates of one SELECT are collected. */
export interface AggregateSink {
  readonly aggregations: Aggregation[];
  /** Subqueries inside aggregates' arguments: they run before grouping. */
  readonly applies: PendingApply[];
}

/** A window that calls name or describe; its keys and frame are bound when everything else of the SELECT is. */
export interface PendingWindow {
  /** Of the WINDOW clause; null for one that stands after OVER. */
  readonly name: string | null;
  readonly ast: AstWindow;
  readonly calls: WindowCall[];
}

/** Where the window calls of one SELECT are collected. */
export interface WindowSink {
  /** The WINDOW clause, then those after OVER in the order of the text; equal ones once. */
  readonly windows: PendingWindow[];
  /** Subqueries inside calls' arguments: they run before the windows. */
  readonly applies: PendingApply[];
}

/** What an expression may use where it stands. */
export interface ExprContext {
  readonly state: BindState;
  readonly scope: Scope;
  /** For messages: `WHERE`, `JOIN conditions`, `VALUES`, `DEFAULT expressions` ... */
  readonly clause: string;
  /** null: no subqueries here. */
  readonly applies: PendingApply[] | null;
  /** null: no aggregates here. */
  readonly aggregates: AggregateSink | null;
  /** Inside an aggregate's arguments. */
  readonly isInAggregate: boolean;
  /** null or absent: no window functions here. */
  readonly windows?: WindowSink | null;
  /** Inside a window call's arguments. */
  readonly isInWindow?: boolean;
  /** null: no set-returning functions here. */
  readonly sets: PendingSet[] | null;
  /** The construct around the expression that refuses them, if the clause does not. */
  readonly setsRefusedBy?: string;
}

/** Inside CASE and COALESCE, which need not evaluate all their parts, no set-returning function may stand. */
export function withoutSets(context: ExprContext, construct: string): ExprContext {
  return context.sets === null ? context : { ...context, sets: null, setsRefusedBy: construct };
}

/** Puts the pending subqueries on top of a plan, in order. */
export function applyAll(plan: LogicalPlan, pending: readonly PendingApply[]): LogicalPlan {
  return pending.reduce<LogicalPlan>((input, { subquery, mode }) => ({ kind: 'apply', input, subquery, mode }), plan);
}
