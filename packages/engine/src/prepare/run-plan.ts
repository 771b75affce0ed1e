import {
  type CatalogTable,
  type EvaluationContext,
  failure,
  type ParameterValue,
  type RecordBatch,
  type StorePin,
  type TableProvider,
} from '@millrace/core';
import { compilePlan, type ParameterRows, type StatisticsCollector, type TaskContext } from '@millrace/exec';
import type { PhysicalPlan, RuleEvent } from '@millrace/planner';
import { admitRows } from '../funnel/write-funnel.ts';
import { evaluationContext } from '../session/evaluation-context.ts';
import { GuardedGenerator } from '../session/guarded-generator.ts';
import type { Session } from '../session/session.ts';
import { disabledRules } from '../statements/settings.ts';
import { systemTableProvider } from '../system-tables/system-table.ts';
import { ownRowsProvider } from '../transaction/own-rows-provider.ts';
import { decodeParameters } from './decode-parameters.ts';
import type { PreparedPlan } from './prepared-plan.ts';

/** A plan that runs: its batches, and how many rows it wrote so far. */
export interface RunningPlan {
  readonly physical: PhysicalPlan;
  readonly batches: AsyncGenerator<RecordBatch, void, void>;
  rowsWritten(): number;
}

/** How a plan runs. */
export interface RunOptions {
  readonly parameters: readonly ParameterValue[];
  /** Instead of the parameters' values: many rows of them, for a direct insert. */
  readonly parameterRows?: ParameterRows | undefined;
  /** What a COPY ... FROM STDIN reads. */
  readonly clientRows?: AsyncIterable<RecordBatch>;
  readonly signal: AbortSignal;
  /** Collects rows, batches and time per operator, for EXPLAIN ANALYZE. */
  readonly statistics?: StatisticsCollector;
}

/**
 * Starts a plan: holds and refreshes its tables; then, in one synchronous step, pins them all, takes the transaction's own rows as they are now and
 * runs phase `bind` where the plan has something for it. `planNow` gives the plan that is valid now, the same object while nothing changed: DDL may
 * pass while snapshots are refreshed. The pins are released when the batches end, throw or are returned.
 */
export async function runPlan(
  session: Session,
  planNow: () => PreparedPlan,
  options: RunOptions,
): Promise<RunningPlan> {
  const { byId } = session.services.catalog;
  for (;;) {
    const plan = planNow();
    const stored = plan.tableIds.filter((id) => session.services.catalog.byId.has(id));
    const release = session.shared.tableUse.acquire(stored);
    try {
      if (stored.length > 0) await session.services.transactionStore.refresh(stored, options.signal);
      if (session.services.catalog.byId === byId || planNow() === plan) {
        return startPlan(session, { plan, stored, release }, options);
      }
    } catch (error) {
      release();
      throw error;
    }
    release();
  }
}

/** A plan whose tables are held. */
interface HeldPlan {
  readonly plan: PreparedPlan;
  /** Its tables that are in the transaction store. */
  readonly stored: readonly string[];
  readonly release: () => void;
}

/** Synchronous: nothing changes between the checks, the pin and the own rows. */
function startPlan(session: Session, held: HeldPlan, options: RunOptions): RunningPlan {
  const { services } = session;
  const { plan } = held;
  const transaction = session.transactions.ensure();
  transaction.hasQueried = true;
  const { parameterRows } = options;
  const parameters =
    parameterRows === undefined
      ? decodeParameters(plan, options.parameters, (raw) => evaluationContext(session, raw))
      : [];
  const evaluation = evaluationContext(session, parameters);
  const physical = plan.needsBinding
    ? bindPlan(session, plan, { evaluation, collectEvents: false }).plan
    : plan.physical;
  const compiled = compilePlan(physical, services.registry);
  // From here to the return nothing throws.
  const pin = services.transactionStore.pin(held.stored);
  let rowsWritten = 0;
  const task: TaskContext = {
    signal: options.signal,
    batchRows: Number(session.settings.get('millrace.batch_rows')),
    hashMask: Number(session.settings.get('millrace.hash_mask')),
    memory: services.memory,
    evaluation,
    metrics: services.metrics,
    table: tableResolver(session, held, pin),
    write(tableId, schemaId, batch) {
      const admitted = admit(session, { tableId, schemaId, batch }, evaluation);
      rowsWritten += admitted.rowCount;
      const added = transaction.addRows(tableId, schemaId, admitted);
      return added === undefined ? admitted : added.then(() => admitted);
    },
    stats: options.statistics ?? null,
    pause: () => services.clock.nextTurn(),
    ...(parameterRows === undefined ? {} : { parameterRows }),
    ...(options.clientRows === undefined ? {} : { clientRows: options.clientRows }),
  };
  const batches = new GuardedGenerator(compiled.execute(task), {
    onEnd() {
      pin.release();
      held.release();
    },
  });
  return { physical, batches, rowsWritten: () => rowsWritten };
}

/** The plan that an execution without parameters would run, and what the rules of phase `bind` did to it. */
export function bindForExplain(
  session: Session,
  plan: PreparedPlan,
  collectEvents: boolean,
): { readonly plan: PhysicalPlan; readonly events: readonly RuleEvent[] } {
  if (!plan.needsBinding || plan.parameterTypes.length > 0) return { plan: plan.physical, events: [] };
  return bindPlan(session, plan, { evaluation: evaluationContext(session, []), collectEvents });
}

function bindPlan(
  session: Session,
  plan: PreparedPlan,
  options: { readonly evaluation: EvaluationContext; readonly collectEvents: boolean },
): { readonly plan: PhysicalPlan; readonly events: readonly RuleEvent[] } {
  const { optimizer } = session.services;
  const disabled = disabledRules(session);
  const { evaluation, collectEvents } = options;
  const bound = optimizer.bind(plan.logical, {
    disabled,
    nextColumnId: plan.nextColumnId,
    collectEvents,
    parameters: evaluation.parameters,
    format: evaluation.format,
    transactionMicros: evaluation.transactionMicros,
  });
  const physical = optimizer.physical(bound.plan, { disabled, nextColumnId: bound.nextColumnId, collectEvents });
  return { plan: physical.plan, events: [...bound.events, ...physical.events] };
}

/**
 * Tables as the statement sees them from its start to its end: system tables, tables of this transaction, pinned tables with the transaction's own
 * rows. An INSERT that reads its own table sees none of the rows it writes.
 */
function tableResolver(session: Session, held: HeldPlan, pin: StorePin): (tableId: string) => TableProvider {
  const view = session.catalogView();
  const transaction = session.transactions.current;
  const own = new Map(held.plan.tableIds.map((id) => [id, transaction?.ownRows(id) ?? []]));
  const pinned = new Set(held.stored);
  return (tableId) => {
    const table = view.tableById(tableId);
    if (table === undefined) throw failure('internal', { message: `a plan names the unknown table ${tableId}` });
    if (table.isSystem) return systemProvider(session, table);
    const rows = own.get(tableId);
    if (rows === undefined) throw failure('internal', { message: `a plan reads ${table.name} and does not say so` });
    return pinned.has(tableId) ? pin.table(tableId, rows) : ownRowsProvider(table, rows);
  };
}

function systemProvider(session: Session, table: CatalogTable): TableProvider {
  const system = session.services.systemTables.get(`${table.schemaName}.${table.name}`);
  if (system === undefined) throw failure('internal', { message: `unknown system table ${table.name}` });
  const { services, settings, user, database, processId } = session;
  return systemTableProvider(system, { view: session.catalogView(), settings, services, user, database, processId });
}

/** The write funnel's entry for the operators. */
function admit(
  session: Session,
  { batch, ...target }: { readonly tableId: string; readonly schemaId: number; readonly batch: RecordBatch },
  evaluation: EvaluationContext,
): RecordBatch {
  const table = session.catalogView().tableById(target.tableId);
  if (table === undefined || table.isSystem || table.schemaId !== target.schemaId) {
    throw failure('serializationFailure', { message: 'the table of an INSERT was changed by another session' });
  }
  return admitRows(batch, table, {
    hooks: session.services.hooks,
    evaluation,
    storage: session.services.tableStorage,
  });
}
