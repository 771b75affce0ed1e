import {
  columnsRead,
  type Expr,
  type FunctionSignature,
  failure,
  isVolatile,
  sameExpr,
  sameTree,
} from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { Aggregation } from '../plan/logical-plan.ts';
import { type AstCall, chooseFunction } from './bind-call.ts';
import { bindBool, bindExpr } from './bind-expr.ts';
import { coerceArguments, resultTypeOf } from './call-signature.ts';
import { resolveUnknown } from './coerce.ts';
import type { AggregateSink, ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';
import { isLocal } from './scope.ts';

/** An aggregate call: registers the aggregation with its SELECT and reads its output. Equal calls share one aggregation. */
export function bindAggregate(
  context: ExprContext,
  call: AstCall,
  name: string,
  overloads: readonly FunctionSignature[],
): Expr {
  const position = positionOf(call.at);
  if (context.isInAggregate) {
    throw failure('misplacedAggregate', { message: 'aggregate function calls cannot be nested' }, { position });
  }
  const sink = context.aggregates;
  const applies = sink?.applies ?? context.applies;
  const inner: ExprContext = { ...context, isInAggregate: true, applies, windows: null, isInWindow: false, sets: null };
  const args = call.args.map((arg) => bindExpr({ ...inner, clause: 'aggregate function calls' }, arg));
  if (sink === null) {
    refuseOuter(context, { args, filter: null }, position);
    const message = `aggregate functions are not allowed in ${context.clause}`;
    throw failure('misplacedAggregate', { message }, { position });
  }
  const chosen = chooseFunction({ name, label: call.name.join('.'), overloads, args, at: call.at });
  if (chosen === null || chosen.target.kind !== 'aggregate' || call.isStar !== (chosen.target.args.length === 0)) {
    const message = `${name}(*) must be used to call a parameterless aggregate function`;
    throw failure('wrongObjectType', { message }, { position });
  }
  const coerced = coerceArguments(context.state, chosen, args);
  const filter =
    call.filter === null
      ? null
      : bindBool({ ...inner, clause: 'FILTER', aggregates: null, isInAggregate: false }, call.filter, 'FILTER');
  const draft = {
    fn: chosen.target.id,
    args: coerced,
    isDistinct: call.isDistinct,
    filter,
    orderBy: bindKeys({ ...inner, clause: 'ORDER BY' }, call, { args, coerced }),
  };
  refuseOuter(context, draft, position);
  const type = resultTypeOf(chosen, coerced);
  return columnExpr(shared(sink, draft) ?? register(context, sink, { ...draft, name, type }));
}

type Draft = Omit<Aggregation, 'column'>;

function bindKeys(
  context: ExprContext,
  call: AstCall,
  { args, coerced }: { readonly args: readonly Expr[]; readonly coerced: readonly Expr[] },
): Aggregation['orderBy'] {
  return call.orderBy.map((key) => {
    const bound = resolveUnknown(context.state, bindExpr(context, key.expr));
    // An argument that the call casts by itself is sorted by as the cast value, as it is compared for DISTINCT.
    const expr = coerced[args.findIndex((arg) => sameExpr(arg, bound))] ?? bound;
    if (call.isDistinct && !coerced.some((arg) => sameExpr(arg, expr))) {
      const message = 'in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list';
      throw failure('invalidColumnReference', { message }, { position: positionOf(key.expr.at) });
    }
    return { expr, descending: key.descending, nullsFirst: key.nullsFirst ?? key.descending };
  });
}

function shared(sink: AggregateSink, draft: Draft): Aggregation['column'] | undefined {
  if (draft.args.some(isVolatile)) return undefined;
  return sink.aggregations.find(({ column: _, ...other }) => sameTree(other, draft))?.column;
}

function register(
  context: ExprContext,
  sink: AggregateSink,
  draft: Draft & { readonly name: string; readonly type: Aggregation['column']['type'] },
): Aggregation['column'] {
  const { name, type, ...rest } = draft;
  const column = context.state.newColumn(name, type, name !== 'count');
  sink.aggregations.push({ column, ...rest });
  return column;
}

/** An aggregate belongs to the query whose columns it reads; one that reads only an outer query's columns would be computed there. */
function refuseOuter(context: ExprContext, draft: Pick<Draft, 'args' | 'filter'>, position: number | undefined): void {
  const read = new Set(
    [...draft.args, ...(draft.filter === null ? [] : [draft.filter])].flatMap((arg) => [...columnsRead(arg)]),
  );
  if (read.size > 0 && ![...read].some((id) => isLocal(context.scope, id)) && context.scope.parent !== null) {
    const outer = [...read].some((id) => isOuter(context, id));
    if (outer) throw failure('notSupported', { feature: 'an aggregate of an outer query in a subquery' }, { position });
  }
}

function isOuter(context: ExprContext, id: Parameters<typeof isLocal>[1]): boolean {
  for (let level = context.scope.parent; level !== null; level = level.parent) {
    if (isLocal(level, id)) return true;
  }
  return false;
}
