import { columnsRead, type Expr, failure } from '@millrace/core';
import type { AstQueryBody } from '../sql/ast.ts';
import { bindFromList } from './bind-from.ts';
import type { BoundQuery, QueryContext } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { bindWindows, GroupedCalls, refuseWindowedGroups, windowPlan, windowSink } from './bind-windows.ts';
import { resolveUnknown } from './coerce.ts';
import { bindConjuncts, type Conjunct, filterBy } from './conjuncts.ts';
import { type AggregateSink, applyAll, type ExprContext, type PendingSet } from './expr-context.ts';
import { bindGroupBy, groupPlan } from './grouping.ts';
import { positionOf } from './position.ts';
import type { Scope } from './scope.ts';
import { bindOrderBy, bindRange, finishQuery, refuseUnordered } from './select-tail.ts';
import { bindTargets, type Target } from './select-targets.ts';
import { expandSets } from './set-returning.ts';

type AstSelect = Extract<AstQueryBody, { kind: 'select' }>;

/**
 * A SELECT. Clauses are bound in PostgreSQL's order (FROM, select list, WHERE, HAVING, ORDER BY, GROUP BY, LIMIT), which decides whose error comes
 * first and which place gives a parameter its type; the plan then stacks them in the order of evaluation.
 */
export function bindSelect(state: BindState, body: AstSelect, query: QueryContext): BoundQuery {
  refuseFeatures(body);
  const { outer, tail } = query;
  const from = bindFromList(state, body.from, outer);
  const scope: Scope = { items: from.items, hidden: [], parent: outer.scope, ctes: outer.ctes };
  const sink: AggregateSink = { aggregations: [], applies: [] };
  const windowed = windowSink(body.windows);
  const sets: PendingSet[] = [];
  const base: ExprContext = {
    state,
    scope,
    clause: '',
    applies: [],
    aggregates: null,
    isInAggregate: false,
    sets: null,
  };
  const select: ExprContext = { ...base, clause: 'SELECT', aggregates: sink, windows: windowed, sets };
  const targets = bindTargets(select, body.items);
  const where = body.where === null ? [] : bindConjuncts({ ...base, clause: 'WHERE' }, body.where, 'WHERE');
  const having =
    body.having === null ? [] : bindConjuncts({ ...base, clause: 'HAVING', aggregates: sink }, body.having, 'HAVING');
  const keys = bindOrderBy({ ...select, clause: 'ORDER BY' }, tail.orderBy, targets);
  const groups = bindGroupBy(base, body.groupBy, targets);
  refuseWindowedGroups(groups, windowed);
  const range = bindRange(state, tail, scope);
  let windows = bindWindows({ ...base, aggregates: sink }, windowed);
  settle(state, targets, { isDistinct: body.isDistinct, keepUnknown: query.options.keepUnknown });

  const all = [...new Set([...targets, ...keys.map((key) => key.target)])];
  let plan = filterBy(from.plan, where);
  if (body.groupBy.length > 0 || sink.aggregations.length > 0 || body.having !== null) {
    refuseGroupedSets(groups, sets);
    const grouped = groupPlan(state, plan, groups, sink);
    const calls = new GroupedCalls(windows, grouped);
    for (const target of all) {
      calls.visit(target.expr);
      target.expr = grouped.replace(target.expr);
      target.applies = grouped.replaceApplies(target.applies);
    }
    plan = filterBy(
      grouped.plan,
      having.map((conjunct) => replaceConjunct(conjunct, grouped)),
    );
    windows = calls.windows(windows);
    windowed.applies.splice(0, windowed.applies.length, ...grouped.replaceApplies(windowed.applies));
    const args = (set: PendingSet): PendingSet => ({ ...set, args: set.args.map(grouped.replace) });
    sets.splice(0, sets.length, ...sets.map(args));
  }
  plan = windowPlan(state, plan, windows, windowed.applies);
  const input = expandSets(
    state,
    applyAll(
      plan,
      all.flatMap((target) => target.applies),
    ),
    sets,
  );
  return finishQuery(state, { input, targets, keys, isDistinct: body.isDistinct, range });
}

function refuseFeatures(body: AstSelect): void {
  const feature =
    body.distinctOn.length > 0 ? 'DISTINCT ON' : body.groupingSets !== null ? body.groupingSets : body.unsupported[0];
  if (feature !== undefined) throw failure('notSupported', { feature }, { position: positionOf(body.at) });
}

function settle(
  state: BindState,
  targets: readonly Target[],
  options: { readonly isDistinct: boolean; readonly keepUnknown: boolean },
): void {
  for (const target of targets) {
    if (options.isDistinct) refuseUnordered(target.expr, positionOf(target.at), 'an equality');
    if (options.isDistinct || !options.keepUnknown) target.expr = resolveUnknown(state, target.expr);
  }
}

function replaceConjunct(
  conjunct: Conjunct,
  grouped: {
    readonly replace: (expr: Expr) => Expr;
    readonly replaceApplies: (a: Conjunct['applies']) => Conjunct['applies'];
  },
): Conjunct {
  return { expr: grouped.replace(conjunct.expr), applies: grouped.replaceApplies(conjunct.applies) };
}

function refuseGroupedSets(groups: readonly Target[], sets: readonly PendingSet[]): void {
  const outputs = new Set(sets.map((set) => set.output.id));
  for (const group of groups) {
    if (![...columnsRead(group.expr)].some((id) => outputs.has(id))) continue;
    throw failure(
      'notSupported',
      { feature: 'grouping by a set-returning function' },
      { position: positionOf(group.at) },
    );
  }
}
