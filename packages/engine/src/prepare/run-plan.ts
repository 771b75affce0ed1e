import {
  type CatalogTable,
  failure,
  type ParameterValue,
  type RecordBatch,
  type StorePin,
  type TableProvider,
} from '@millrace/core';
import { compilePlan, type StatisticsCollector, type TaskContext } from '@millrace/exec';
import type { PhysicalPlan, RuleEvent } from '@millrace/planner';
import { admitRows } from '../funnel/write-funnel.ts';
import { evaluationContext } from '../session/evaluation-context.ts';
import type { Session } from '../session/session.ts';
import { disabledRules } from '../statements/settings.ts';
import { systemTableProvider } from '../system-tables/system-table.ts';
import { ownRowsProvider } from '../transaction/own-rows-provider.ts';
import { decodeParameters } from './decode-parameters.ts';
import type { PreparedPlan } from './prepared-plan.ts';
import { statementSignal } from './statement-signal.ts';

/** A plan that runs: its batches, and how many rows it wrote so far. */
export interface RunningPlan {
  readonly physical: PhysicalPlan;
  readonly batches: AsyncGenerator<RecordBatch, void, void>;
  rowsWritten(): number;
}

/** How a plan runs. */
export interface RunOptions {
  readonly parameters: readonly ParameterValue[];
  readonly signal: AbortSignal;
  /** Collects rows, batches and time per operator, for EXPLAIN ANALYZE. */
  readonly statistics?: StatisticsCollector;
}

/**
 * Starts a plan: refreshes its tables, pins them all in one synchronous step, runs phase `bind` where the plan has something for it. The pins are
 * released when the batches end, throw or are returned.
 */
export async function runPlan(session: Session, plan: PreparedPlan, options: RunOptions): Promise<RunningPlan> {
  const { services, shared } = session;
  const stored = plan.tableIds.filter((id) => services.catalog.byId.has(id));
  const parameters = decodeParameters(plan, options.parameters, (raw) => evaluationContext(session, raw));
  await services.transactionStore.refresh(stored, options.signal);
  const physical = plan.needsBinding
    ? bindPlan(session, plan, { parameters, collectEvents: false }).plan
    : plan.physical;
  const release = shared.tableUse.acquire(stored);
  let pin: StorePin;
  try {
    pin = services.transactionStore.pin(stored);
  } catch (error) {
    release();
    throw error;
  }
  let rowsWritten = 0;
  const deadline = statementSignal(session, options.signal);
  const task: TaskContext = {
    signal: deadline.signal,
    batchRows: Number(session.settings.get('millrace.batch_rows')),
    memory: services.memory,
    evaluation: evaluationContext(session, parameters),
    metrics: services.metrics,
    table: tableResolver(session, pin),
    write(tableId, schemaId, batch) {
      writeRows(session, { tableId, schemaId }, batch);
      rowsWritten += batch.rowCount;
    },
    stats: options.statistics ?? null,
    pause: () => services.clock.nextTurn(),
  };
  async function* batches(): AsyncGenerator<RecordBatch, void, void> {
    try {
      yield* compilePlan(physical, services.registry).execute(task);
    } catch (error) {
      throw deadline.explain(error);
    } finally {
      deadline.end();
      pin.release();
      release();
    }
  }
  return { physical, batches: batches(), rowsWritten: () => rowsWritten };
}

/** The plan that an execution without parameters would run, and what the rules of phase `bind` did to it. */
export function bindForExplain(
  session: Session,
  plan: PreparedPlan,
  collectEvents: boolean,
): { readonly plan: PhysicalPlan; readonly events: readonly RuleEvent[] } {
  if (!plan.needsBinding || plan.parameterTypes.length > 0) return { plan: plan.physical, events: [] };
  return bindPlan(session, plan, { parameters: [], collectEvents });
}

function bindPlan(
  session: Session,
  plan: PreparedPlan,
  options: { readonly parameters: readonly ParameterValue[]; readonly collectEvents: boolean },
): { readonly plan: PhysicalPlan; readonly events: readonly RuleEvent[] } {
  const { optimizer } = session.services;
  const disabled = disabledRules(session);
  const context = evaluationContext(session, options.parameters);
  const { collectEvents } = options;
  const bound = optimizer.bind(plan.logical, {
    disabled,
    nextColumnId: plan.nextColumnId,
    collectEvents,
    parameters: options.parameters,
    format: context.format,
    transactionMicros: context.transactionMicros,
  });
  const physical = optimizer.physical(bound.plan, { disabled, nextColumnId: bound.nextColumnId, collectEvents });
  return { plan: physical.plan, events: [...bound.events, ...physical.events] };
}

/** Tables as the statement sees them: system tables, tables of this transaction, pinned tables with the transaction's own rows. */
function tableResolver(session: Session, pin: StorePin): (tableId: string) => TableProvider {
  const view = session.catalogView();
  return (tableId) => {
    const table = view.tableById(tableId);
    if (table === undefined) throw failure('internal', { message: `a plan names the unknown table ${tableId}` });
    if (table.isSystem) return systemProvider(session, table);
    const own = session.transactions.current?.ownRows(tableId) ?? [];
    if (!session.services.catalog.byId.has(tableId)) return ownRowsProvider(table, own);
    return pin.table(tableId, own);
  };
}

function systemProvider(session: Session, table: CatalogTable): TableProvider {
  const system = session.services.systemTables.get(`${table.schemaName}.${table.name}`);
  if (system === undefined) throw failure('internal', { message: `unknown system table ${table.name}` });
  const { services, settings, user, database, processId } = session;
  return systemTableProvider(system, { view: session.catalogView(), settings, services, user, database, processId });
}

/** The write funnel's entry for the operators. */
function writeRows(
  session: Session,
  target: { readonly tableId: string; readonly schemaId: number },
  batch: RecordBatch,
): void {
  const table = session.catalogView().tableById(target.tableId);
  if (table === undefined)
    throw failure('internal', { message: `a plan writes to the unknown table ${target.tableId}` });
  const admitted = admitRows(batch, table, {
    hooks: session.services.hooks,
    format: session.format,
    storage: session.services.tableStorage,
  });
  session.transactions.ensure().addRows(target.tableId, target.schemaId, admitted);
}
