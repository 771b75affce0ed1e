import {
  createMemoryBudget,
  createMetrics,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type RecordBatch,
  type TableProvider,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import { compilePlan, standardExecRegistry } from '@millrace/exec';
import { FIXTURE_TABLES, type Outcome, type PlanRunner, type RunInput } from '@millrace/testkit';
import { expect } from 'vitest';

const registry = standardExecRegistry();
const BATCH_ROWS = 2;

/** Runs a plan of the testkit's fixture tables in the engine's operators, in batches of two rows; what it writes is caught. */
export const runPlan: PlanRunner = async (plan, input): Promise<Outcome> => {
  const memory = createMemoryBudget('test', 1 << 26);
  const rows: Value[][] = [];
  const inserted: Value[][] = [];
  const batches = compilePlan(plan, registry).execute({
    signal: new AbortController().signal,
    batchRows: BATCH_ROWS,
    memory,
    metrics: createMetrics(),
    evaluation: evaluationContext(input),
    table: (id) => providerOf(id, input.database),
    write: (_table, _schema, batch) => void inserted.push(...rowsOf(batch)),
    stats: null,
  });
  for await (const batch of batches) rows.push(...rowsOf(batch));
  expect(memory.usedBytes).toBe(0);
  return { kind: 'rows', rows, inserted };
};

function rowsOf(batch: RecordBatch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, i) => batch.vectors.map((vector) => valueAt(vector, i)));
}

/** The rows of a table; leaves all filters to the scan. */
function providerOf(tableId: string, database: RunInput['database']): TableProvider {
  const fields = FIXTURE_TABLES.find((table) => table.tableId === tableId)?.columns ?? [];
  const rows = database.get(tableId) ?? [];
  return {
    schema: { fields },
    prepareScan: (request) => ({
      residualFilters: request.filters,
      describe: () => '',
      async *batches(): AsyncGenerator<RecordBatch, void, void> {
        for (let start = 0; start < rows.length; start += BATCH_ROWS) {
          const part = rows.slice(start, start + BATCH_ROWS);
          const vectors = request.columns.map((name) => {
            const type = fields.find((column) => column.name === name)?.type ?? { kind: 'void' as const };
            return vectorFromValues(
              type,
              part.map((row) => row[name] ?? null),
            );
          });
          yield { rowCount: part.length, vectors };
        }
      },
    }),
  };
}

function evaluationContext({ parameters, random }: RunInput): EvaluationContext {
  const unused = (): never => expect.fail('generated plans ask no session');
  return {
    transactionMicros: 0n,
    statementMicros: 0n,
    clockMicros: () => 0n,
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
