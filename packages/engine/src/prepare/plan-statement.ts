import type { DataType } from '@millrace/core';
import {
  type AstStatement,
  type BindEnvironment,
  bindStatement,
  namesIn,
  type ParsedStatement,
  type RuleEvent,
  somePhysical,
} from '@millrace/planner';
import { estimatingCatalog } from '../catalog/estimating-catalog.ts';
import type { Session } from '../session/session.ts';
import { disabledRules, requireWritable } from '../statements/settings.ts';
import { copiedQuery } from './copied-query.ts';
import { planKeyOf } from './plan-key.ts';
import type { PreparedPlan, TableReference } from './prepared-plan.ts';

/** What binding reads: the catalog as the session sees it now, functions, and the parameters' declared types. */
export function bindEnvironment(session: Session, parameterTypes: readonly (DataType | null)[]): BindEnvironment {
  const { functions, transactionStore } = session.services;
  return { catalog: estimatingCatalog(session.catalogView(), transactionStore), functions, parameterTypes };
}

/** Plans a query or INSERT, from the plan cache if it is there. */
export function planStatement(
  session: Session,
  parsed: ParsedStatement,
  declaredTypes: readonly (DataType | null)[],
): PreparedPlan {
  const { planCache } = session.services;
  const declared = declaredTypes.map((type) => (type === null ? '' : JSON.stringify(type))).join();
  const key = `${planKeyOf(session)}\u0000${declared}\u0000${parsed.sql}`;
  const cached = planCache.get(key, session.catalogView());
  if (cached !== undefined) return cached;
  const { plan } = planAnew(session, parsed, declaredTypes, { collectEvents: false });
  // A literal of a plain-text INSERT is rarely seen twice; a parameter means that the text comes again, and COPY has no literals.
  if (!plan.isWrite || parsed.parameterCount > 0 || parsed.statement.kind === 'copy-from') planCache.put(key, plan);
  return plan;
}

/** Binds, analyzes, optimizes and lowers; for EXPLAIN with the rules' events. */
export function planAnew(
  session: Session,
  parsed: ParsedStatement,
  declaredTypes: readonly (DataType | null)[],
  options: { readonly collectEvents: boolean },
): { readonly plan: PreparedPlan; readonly events: readonly RuleEvent[] } {
  const { optimizer } = session.services;
  const bound = bindStatement(plannedStatement(session, parsed.statement), bindEnvironment(session, declaredTypes));
  const disabled = disabledRules(session);
  const analyzed = optimizer.analyze(bound.plan, {
    nextColumnId: bound.nextColumnId,
    collectEvents: options.collectEvents,
  });
  const optimized = optimizer.optimize(analyzed.plan, {
    disabled,
    nextColumnId: analyzed.nextColumnId,
    collectEvents: options.collectEvents,
  });
  const physical = optimizer.physical(optimized.plan, {
    disabled,
    nextColumnId: optimized.nextColumnId,
    collectEvents: options.collectEvents,
  });
  const isDirect = somePhysical(physical.plan, (node) => node.op === 'direct-insert');
  const plan: PreparedPlan = {
    logical: optimized.plan,
    physical: physical.plan,
    needsBinding: !isDirect && optimizer.needsBinding(optimized.plan, disabled),
    nextColumnId: physical.nextColumnId,
    parameterTypes: bound.parameterTypes,
    columns: bound.columns,
    references: references(session, parsed),
    tableIds: bound.tablesRead.map((table) => table.tableId),
    tablesWritten: bound.tablesWritten.map((table) => table.tableId),
    isWrite: parsed.statement.kind === 'insert' || parsed.statement.kind === 'copy-from',
    isDirect,
  };
  return { plan, events: [...analyzed.events, ...optimized.events, ...physical.events] };
}

/** What is planned: COPY's query for COPY, otherwise the statement itself. */
function plannedStatement(session: Session, statement: AstStatement): AstStatement {
  if (statement.kind !== 'copy-to') return statement;
  return { kind: 'query', query: copiedQuery(session, statement), at: statement.at };
}

/** What each name of the statement means now. Names that are CTEs or unknown mean no table and bind none. */
function references(session: Session, parsed: ParsedStatement): readonly TableReference[] {
  const view = session.catalogView();
  return namesIn(parsed.statement).flatMap(({ parts }): TableReference[] => {
    const name = parts.at(-1) ?? '';
    const schemaName = parts.length > 1 ? (parts.at(-2) ?? null) : null;
    const table = view.table(schemaName, name);
    return table === undefined ? [] : [{ schemaName, name, tableId: table.tableId, schemaId: table.schemaId }];
  });
}

/** 25006 for a write in a read-only transaction. */
export function requireAllowed(session: Session, plan: PreparedPlan): void {
  if (plan.isWrite) requireWritable(session, 'INSERT');
}
