import {
  asMillraceError,
  type CopyDecoder,
  type CopySource,
  createCopyDecoder,
  failure,
  type MillraceError,
  type StatementResult,
  withWhere,
} from '@millrace/core';
import { copiedColumns } from '@millrace/planner';
import { ClientRows } from '../prepare/client-rows.ts';
import type { CopyFrom } from '../prepare/copied-query.ts';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import { currentPlan } from '../prepare/prepared-statement.ts';
import { runPlan } from '../prepare/run-plan.ts';
import type { Session } from '../session/session.ts';
import { copyInputFormatOf } from './copy-options.ts';
import { commandResult, tagOf } from './results.ts';
import type { RunContext } from './run-statement.ts';
import { requireWritable } from './settings.ts';

/** Bytes of input after which a batch is written, however few its rows are. */
const BATCH_BYTES = 1024 * 1024;

/**
 * COPY ... FROM STDIN: rows are decoded as their bytes come and run through the statement's plan, an Insert, a batch at a time; they join the
 * transaction like those of any INSERT.
 */
export function runCopyFrom(context: RunContext, copy: CopyFrom): StatementResult {
  const { session, prepared } = context;
  requireWritable(session, 'COPY FROM');
  const plan = currentPlan(session, prepared);
  const table = session.catalogView().tableById(plan.tablesWritten[0] ?? '');
  if (table === undefined) throw failure('internal', { message: 'COPY into no table' });
  const columns = copiedColumns(table, copy.columns);
  const names = columns.map(({ name }) => name);
  const { format, isFrozen } = copyInputFormatOf(copy.options, names, table);
  let rowsWritten = 0;
  return {
    ...commandResult('COPY'),
    copyIn: {
      formatCode: format.format === 'binary' ? 1 : 0,
      columnCount: columns.length,
      async receive(source) {
        if (isFrozen) requireNew(session, table.tableId);
        const decoder = createCopyDecoder(format, {
          table: table.name,
          columns,
          settings: session.format,
          batchRows: Number(session.settings.get('millrace.batch_rows')),
          batchBytes: BATCH_BYTES,
        });
        rowsWritten = await writeRows(context, plan, { decoder, source });
        const { skippedRows } = decoder;
        session.services.metrics.count('copy_rows', rowsWritten);
        session.services.metrics.count('copy_rows_skipped', skippedRows);
        if (skippedRows > 0) session.notice('NOTICE', '00000', skipped(skippedRows));
      },
    },
    complete: async () => tagOf(`COPY ${rowsWritten}`),
  };
}

/** 55000 for FREEZE of a table that others can see. */
function requireNew(session: Session, tableId: string): void {
  if (session.transactions.current?.hasCreated(tableId)) return;
  const message =
    'cannot perform COPY FREEZE because the table was not created or truncated in the current subtransaction';
  throw failure('notInPrerequisiteState', { message });
}

const skipped = (rows: number): string =>
  `${rows} ${rows === 1 ? 'row was' : 'rows were'} skipped due to data type incompatibility`;

/** Runs the plan over the source’s rows. Returns how many were written. */
async function writeRows(
  context: RunContext,
  plan: PreparedPlan,
  { decoder, source }: { readonly decoder: CopyDecoder; readonly source: CopySource },
): Promise<number> {
  const { session, signal } = context;
  const rows = new ClientRows(decoder, source, { memory: session.services.memory, signal });
  try {
    const running = await runPlan(session, () => samePlan(context, plan), { parameters: [], clientRows: rows, signal });
    for await (const _ of running.batches);
    return running.rowsWritten();
  } catch (error) {
    if (signal.aborted) throw withWhere(asMillraceError(error), decoder.where());
    throw await placed(context, plan, { rows, error: asMillraceError(error) });
  } finally {
    rows.release();
  }
}

/** The rows are decoded as the columns that the table had when the client was asked for them. */
function samePlan({ session, prepared }: RunContext, plan: PreparedPlan): PreparedPlan {
  if (currentPlan(session, prepared) === plan) return plan;
  throw failure('serializationFailure', { message: 'the table of a COPY was changed by another session' });
}

/**
 * The error with the line it belongs to. One that the plan raised (a hook, a policy, NOT NULL) belongs to some row of the batch that was written:
 * the rows are tried one by one, in a transaction that has failed already, until one of them fails.
 */
async function placed(
  { session, signal }: RunContext,
  plan: PreparedPlan,
  { rows, error }: { readonly rows: ClientRows; readonly error: MillraceError },
): Promise<MillraceError> {
  const { last } = rows;
  if (error.info.where !== undefined || last === null || !isOfRow(error)) return error;
  const singles = rows.oneByOne(last);
  try {
    const running = await runPlan(session, () => plan, { parameters: [], clientRows: singles.batches(), signal });
    for await (const _ of running.batches);
  } catch (thrown) {
    const again = asMillraceError(thrown);
    if (again.sqlstate === error.sqlstate) return withWhere(again, last.where(singles.row));
  }
  return error;
}

/** Data exceptions, broken constraints, and what may not be written. */
function isOfRow({ sqlstate }: MillraceError): boolean {
  return sqlstate.startsWith('22') || sqlstate.startsWith('23') || sqlstate === '42501';
}
