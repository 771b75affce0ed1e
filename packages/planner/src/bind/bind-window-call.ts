import { type Expr, type FunctionSignature, failure, isVolatile, sameTree } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { WindowCall } from '../plan/window.ts';
import type { AstWindow } from '../sql/ast.ts';
import { type AstCall, chooseFunction, refuseAggregateForms } from './bind-call.ts';
import { bindBool, bindExpr } from './bind-expr.ts';
import { coerceArguments, resultTypeOf } from './call-signature.ts';
import type { ExprContext, PendingWindow, WindowSink } from './expr-context.ts';
import { positionOf } from './position.ts';
import { sameAst } from './same-ast.ts';

/** A call with OVER and what its name may mean. */
export interface OverCall {
  readonly call: AstCall;
  readonly over: AstWindow;
  readonly name: string;
  readonly overloads: readonly FunctionSignature[];
}

/** A window function, or an aggregate over a window: registers the call with its SELECT and reads its output. Equal calls share one. */
export function bindWindowCall(context: ExprContext, { call, over, name, overloads }: OverCall): Expr {
  const { state } = context;
  const position = positionOf(call.at);
  const sink = context.windows ?? null;
  const inner: ExprContext = {
    ...context,
    applies: sink?.applies ?? context.applies,
    windows: null,
    isInWindow: true,
    sets: null,
  };
  const args = call.args.map((arg) => bindExpr(inner, arg));
  const plain: ExprContext = { ...inner, clause: 'FILTER', aggregates: null, isInAggregate: false, isInWindow: false };
  const filter = call.filter === null ? null : bindBool(plain, call.filter, 'FILTER');
  const isWindowed = overloads.some(({ kind }) => kind === 'aggregate' || kind === 'window');
  const chosen = chooseFunction({ name, label: call.name.join('.'), overloads, args, at: call.at });
  if (chosen === null || !isWindowed) {
    refuseAggregateForms(call, name);
    const message = `OVER specified, but ${name} is not a window function nor an aggregate function`;
    throw failure('wrongObjectType', { message }, { position });
  }
  refuseForms(call, chosen.target);
  const coerced = coerceArguments(state, chosen, args);
  const allowed = allowedSink(context, sink, position);
  const draft = { fn: chosen.target.id, args: coerced, filter };
  const { calls } = windowOf(allowed, over);
  const shared = calls.find((other) => isShared(other, draft));
  if (shared !== undefined) return columnExpr(shared.column);
  const column = state.newColumn(name, resultTypeOf(chosen, coerced), isNullable(name));
  calls.push({ column, ...draft });
  return columnExpr(column);
}

const NEVER_NULL: ReadonlySet<string> = new Set([
  'count',
  'row_number',
  'rank',
  'dense_rank',
  'percent_rank',
  'cume_dist',
]);

function isNullable(name: string): boolean {
  return !NEVER_NULL.has(name);
}

function isShared({ column: _, ...other }: WindowCall, draft: Omit<WindowCall, 'column'>): boolean {
  return sameTree(other, draft) && ![...draft.args, ...(draft.filter === null ? [] : [draft.filter])].some(isVolatile);
}

/** What PostgreSQL has not implemented either, in its words. */
function refuseForms(call: AstCall, { kind, args, name }: FunctionSignature): void {
  const position = positionOf(call.at);
  if (call.isDistinct) {
    throw failure('notImplemented', { message: 'DISTINCT is not implemented for window functions' }, { position });
  }
  if (kind === 'aggregate' && call.isStar !== (args.length === 0)) {
    const message = `${name}(*) must be used to call a parameterless aggregate function`;
    throw failure('wrongObjectType', { message }, { position });
  }
  if (call.orderBy.length > 0) {
    const message = 'aggregate ORDER BY is not implemented for window functions';
    throw failure('notImplemented', { message }, { position });
  }
  if (kind === 'window' && call.filter !== null) {
    const message = 'FILTER is not implemented for non-aggregate window functions';
    throw failure('notImplemented', { message }, { position });
  }
}

/** The SELECT's collection; 42P20 and 42803 where no window function may stand. */
function allowedSink(context: ExprContext, sink: WindowSink | null, position: number | undefined): WindowSink {
  if (context.isInWindow === true) {
    throw failure('windowingError', { message: 'window function calls cannot be nested' }, { position });
  }
  if (context.isInAggregate) {
    const message = 'aggregate function calls cannot contain window function calls';
    throw failure('misplacedAggregate', { message }, { position });
  }
  if (sink === null) {
    const place = context.clause.startsWith('window ') ? 'window definitions' : context.clause;
    const message = `window functions are not allowed in ${place}`;
    throw failure('windowingError', { message }, { position });
  }
  return sink;
}

/** The window of a name, or one of its own; described in the same words twice it is one. 42704 for a name that WINDOW does not define. */
function windowOf(sink: WindowSink, over: AstWindow): PendingWindow {
  if (over.name !== null) {
    const named = sink.windows.find((window) => window.name === over.name);
    if (named !== undefined) return named;
    const message = `window "${over.name}" does not exist`;
    throw failure('undefinedObject', { message }, { position: positionOf(over.at) });
  }
  const known = sink.windows.find((window) => window.name === null && sameAst(window.ast, over));
  if (known !== undefined) return known;
  const own: PendingWindow = { name: null, ast: over, calls: [] };
  sink.windows.push(own);
  return own;
}
