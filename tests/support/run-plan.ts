import {
  createMemoryBudget,
  createMetrics,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type Field,
  type ParameterValue,
  type RecordBatch,
  standardFunctions,
  type TableProvider,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import { compilePlan, standardExecRegistry } from '@millrace/exec';
import type { PhysicalPlan } from '@millrace/planner';
import { COPIES_NODE, FIXTURE_TABLES, type Outcome, type PlanRunner, type RunInput } from '@millrace/testkit';
import { expect } from 'vitest';
import { copiesOperator } from './copies-operator.ts';

const registry = standardExecRegistry(standardFunctions, { operators: new Map([[COPIES_NODE, copiesOperator]]) });
const MEMORY_BYTES = 1 << 26;
const FIXTURE_BATCH_ROWS = 2;

/** What a plan runs with. */
export interface EngineRun {
  readonly batchRows: number;
  readonly evaluation: EvaluationContext;
  readonly table: (tableId: string) => TableProvider;
  /** Default: plenty. */
  readonly memoryBytes?: number;
  /** See `TaskContext.hashMask`. */
  readonly hashMask?: number;
}

/** Runs a plan in the engine's operators: its rows, and those it wrote. Fails if memory is left behind. */
export async function runOnEngine(
  plan: PhysicalPlan,
  { memoryBytes = MEMORY_BYTES, ...run }: EngineRun,
): Promise<{ readonly rows: readonly Value[][]; readonly inserted: readonly Value[][] }> {
  const memory = createMemoryBudget('test', memoryBytes);
  const rows: Value[][] = [];
  const inserted: Value[][] = [];
  const batches = compilePlan(plan, registry).execute({
    ...run,
    signal: new AbortController().signal,
    memory,
    metrics: createMetrics(),
    write(_table, _schema, batch) {
      inserted.push(...rowsOf(batch));
      return batch;
    },
    stats: null,
  });
  try {
    for await (const batch of batches) rows.push(...rowsOf(batch));
  } finally {
    expect(memory.usedBytes).toBe(0);
  }
  return { rows, inserted };
}

/** Runs a plan of the testkit's fixture tables, in batches of two rows. */
export const runPlan: PlanRunner = (plan, input) => runFixturePlan(plan, input, {});

/** The same in batches of another size, with less memory or fewer bits of hashes. */
export async function runFixturePlan(
  plan: PhysicalPlan,
  { database, parameters, random }: RunInput,
  options: Partial<Pick<EngineRun, 'batchRows' | 'memoryBytes' | 'hashMask'>>,
): Promise<Outcome> {
  const batchRows = options.batchRows ?? FIXTURE_BATCH_ROWS;
  const { rows, inserted } = await runOnEngine(plan, {
    ...options,
    batchRows,
    evaluation: evaluationContext(parameters, { random }),
    table: (id) => {
      const fields = FIXTURE_TABLES.find((table) => table.tableId === id)?.columns ?? [];
      return tableOfRows(fields, database.get(id) ?? [], batchRows);
    },
  });
  return { kind: 'rows', rows, inserted };
}

function rowsOf(batch: RecordBatch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, i) => batch.vectors.map((vector) => valueAt(vector, i)));
}

/** A table of rows by field name, in small batches; leaves all filters to the scan. */
export function tableOfRows(
  fields: readonly Field[],
  rows: readonly Readonly<Record<string, Value>>[],
  batchRows: number,
): TableProvider {
  return {
    schema: { fields },
    prepareScan: (request) => ({
      residualFilters: request.filters,
      describe: () => '',
      async *batches(): AsyncGenerator<RecordBatch, void, void> {
        for (let start = 0; start < rows.length; start += batchRows) {
          const part = rows.slice(start, start + batchRows);
          const vectors = request.columns.map((name) =>
            vectorFromValues(
              fields.find((field) => field.name === name)?.type ?? { kind: 'void' },
              part.map((row) => row[name] ?? null),
            ),
          );
          yield { rowCount: part.length, vectors };
        }
      },
    }),
  };
}

/** Time stands still (at 1970 unless told), and nobody asks the session. */
export function evaluationContext(
  parameters: readonly ParameterValue[],
  options: { readonly random?: () => number; readonly nowMicros?: bigint } = {},
): EvaluationContext {
  const { random = () => 0.5, nowMicros = 0n } = options;
  const unused = (): never => expect.fail('these plans ask no session');
  return {
    transactionMicros: nowMicros,
    statementMicros: nowMicros,
    clockMicros: () => nowMicros,
    random,
    uuid: unused,
    format: DEFAULT_FORMAT,
    parameters,
    session: {
      user: 'u',
      database: 'd',
      processId: 1,
      searchPath: [],
      setting: () => undefined,
      setSetting: unused,
      catalog: unused,
    },
  };
}
