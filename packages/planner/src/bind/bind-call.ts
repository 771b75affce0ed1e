import { type Expr, type FunctionSignature, failure, typeOf } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { AstExpr } from '../sql/ast.ts';
import { bindAggregate } from './bind-aggregate.ts';
import { bindExpr } from './bind-expr.ts';
import type { BindState } from './bind-state.ts';
import { bindWindowCall } from './bind-window-call.ts';
import { candidatesFor, coerceArguments, resultTypeOf } from './call-signature.ts';
import { canCoerce } from './cast-rules.ts';
import { coerceTo } from './coerce.ts';
import type { ExprContext } from './expr-context.ts';
import { describeCall } from './operator-errors.ts';
import { type Candidate, resolveOverload } from './overload-resolution.ts';
import { positionOf } from './position.ts';
import { typeFromAst } from './type-from-ast.ts';

/** A call as it was written. */
export type AstCall = Extract<AstExpr, { readonly kind: 'call' }>;

/** A function call: scalar, aggregate or, in a select list, set-returning. */
export function bindCall(context: ExprContext, call: AstCall): Expr {
  const { name, overloads } = overloadsOf(context.state, call);
  refuseForms(call);
  if (call.over !== null) return bindWindowCall(context, { call, over: call.over, name, overloads });
  if (overloads.some((signature) => signature.kind === 'aggregate'))
    return bindAggregate(context, call, name, overloads);
  refuseAggregateForms(call, name);
  const args = call.args.map((arg) => bindExpr(context, arg));
  const chosen = chooseFunction({ name, label: call.name.join('.'), overloads, args, at: call.at });
  if (chosen === null) return castByName(context.state, { name, args });
  refuseWindowFunction(chosen, call);
  const coerced = coerceArguments(context.state, chosen, args);
  if (chosen.target.kind === 'scalar') return callExpr(chosen, coerced);
  if (context.sets === null) throw misplacedSet(context, call);
  const output = context.state.newColumn(name, resultTypeOf(chosen, coerced), true);
  context.sets.push({ fn: chosen.target.id, args: coerced, output });
  return columnExpr(output);
}

function refuseWindowFunction(chosen: Candidate<FunctionSignature>, call: AstCall): void {
  if (chosen.target.kind !== 'window') return;
  const message = `window function ${chosen.target.name} requires an OVER clause`;
  throw failure('wrongObjectType', { message }, { position: positionOf(call.at) });
}

function misplacedSet(context: ExprContext, call: AstCall): Error {
  const place = context.setsRefusedBy ?? context.clause;
  const around = context.isInWindow === true ? 'window' : context.isInAggregate ? 'aggregate' : null;
  const message =
    around === null
      ? `set-returning functions are not allowed in ${place}`
      : `${around} function calls cannot contain set-returning function calls`;
  const isMovable = around !== null || context.setsRefusedBy !== undefined;
  const hint = isMovable ? 'You might be able to move the set-returning function into a LATERAL FROM item.' : undefined;
  return failure('notAllowedHere', { message }, { position: positionOf(call.at), hint });
}

/** The overloads a call's name means; 3F000 or 42883 for another schema than pg_catalog that has none. */
export function overloadsOf(
  state: BindState,
  call: AstCall,
): { readonly name: string; readonly overloads: readonly FunctionSignature[] } {
  const name = call.name[call.name.length - 1]!;
  const schema = call.name.length > 1 ? call.name[call.name.length - 2]! : null;
  const all = state.environment.functions.overloads(name);
  if (schema === null) return { name, overloads: all };
  if (!state.environment.catalog.hasSchema(schema)) {
    throw failure('noSuchSchema', { name: schema }, { position: positionOf(call.at) });
  }
  return { name, overloads: all.filter((signature) => (signature.schema ?? 'pg_catalog') === schema) };
}

function refuseForms(call: AstCall): void {
  const position = positionOf(call.at);
  if (call.withinGroup) throw failure('notSupported', { feature: 'WITHIN GROUP' }, { position });
  if (call.isVariadic) throw failure('notSupported', { feature: 'a VARIADIC argument' }, { position });
  if (call.argNames.some((name) => name !== null)) {
    throw failure('notSupported', { feature: 'a named function argument' }, { position });
  }
}

/** `(*)`, DISTINCT, ORDER BY, FILTER and OVER belong to aggregates and window functions. */
export function refuseAggregateForms(call: AstCall, name: string): void {
  const form = call.isStar
    ? '(*)'
    : call.isDistinct
      ? 'DISTINCT'
      : call.orderBy.length > 0
        ? 'ORDER BY'
        : call.filter && 'FILTER';
  if (form === null) return;
  const message = `${form} specified, but ${name} is not an aggregate function`;
  throw failure('wrongObjectType', { message }, { position: positionOf(call.at) });
}

/** A call whose arguments are bound and whose overload is still to be chosen. */
export interface FunctionCall {
  readonly name: string;
  /** As it was written, for messages. */
  readonly label: string;
  readonly overloads: readonly FunctionSignature[];
  readonly args: readonly Expr[];
  readonly at: number | null;
}

/** The overload a call means; null if only a cast of that name fits (`date(x)`). Throws 42883 and 42725. */
export function chooseFunction(call: FunctionCall): Candidate<FunctionSignature> | null {
  const actual = call.args.map(typeOf);
  const resolution = resolveOverload(candidatesFor(call.overloads, actual.length), actual);
  if (resolution.kind === 'found') return resolution.candidate;
  const what = describeCall(call.label, actual);
  if (resolution.kind === 'ambiguous') {
    throw failure(
      'ambiguousFunction',
      { what: `function ${what}`, kind: 'function' },
      { position: positionOf(call.at) },
    );
  }
  if (isCastByName(call.name, call.args)) return null;
  if (call.name === 'array_agg' && actual[0]?.kind === 'array') {
    throw failure('notSupported', { feature: 'array_agg of arrays' }, { position: positionOf(call.at) });
  }
  throw failure('undefinedFunction', { what: `function ${what}`, kind: 'function' }, { position: positionOf(call.at) });
}

/** A scalar call of the overload that was chosen. */
export function callExpr(chosen: Candidate<FunctionSignature>, args: readonly Expr[]): Expr {
  const { id, volatility, mayFail, strict } = chosen.target;
  return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type: resultTypeOf(chosen, args) };
}

/** Calls a scalar function of pg_catalog by name. */
export function callFunction(
  state: BindState,
  call: { readonly name: string; readonly args: readonly Expr[]; readonly at: number | null },
): Expr {
  const overloads = state.environment.functions.overloads(call.name);
  const chosen = chooseFunction({ ...call, label: call.name, overloads });
  if (chosen === null) return castByName(state, call);
  return callExpr(chosen, coerceArguments(state, chosen, call.args));
}

function typeByName(name: string): ReturnType<typeof typeFromAst> | null {
  try {
    return typeFromAst({ name, schema: null, modifiers: [], arrayDimensions: 0, at: null });
  } catch {
    return null;
  }
}

function isCastByName(name: string, args: readonly Expr[]): boolean {
  const type = typeByName(name);
  return type !== null && args.length === 1 && canCoerce(typeOf(args[0]!), type, 'explicit');
}

function castByName(state: BindState, call: { readonly name: string; readonly args: readonly Expr[] }): Expr {
  return coerceTo(state, call.args[0]!, typeByName(call.name)!, 'explicit');
}
