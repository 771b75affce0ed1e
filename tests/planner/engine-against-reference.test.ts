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
import { printPhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  asParameters,
  bind,
  type Database,
  databases,
  frontend,
  linesOf,
  optimizer,
  parametersFor,
  planWithout,
  QUERIES,
  referenceAnswer,
  small,
  tables,
} from './statements.ts';

// The engine's operators give the reference interpreter's answer, whatever rules are on and however large batches are.
beforeAll(() => frontend.load());
const registry = standardExecRegistry();
const names = optimizer.rules.map((rule) => rule.name);

it.each(QUERIES)('%s', async (sql) => {
  const bound = bind(sql);
  await fc.assert(
    fc.asyncProperty(
      databases,
      fc.subarray(names),
      small,
      fc.constantFrom(1, 2, 1024),
      async (database, disabled, given, batchRows) => {
        const parameters = parametersFor(bound, given);
        const expected = referenceAnswer(bound.plan, database, parameters);
        if (expected === null) return;
        const off = new Set(disabled);
        const logical = planWithout(bound, off, parameters);
        const { plan } = optimizer.physical(logical, { disabled: off, nextColumnId: 1_000_000 });
        const memory = createMemoryBudget('test', 1 << 26);
        const rows: Value[][] = [];
        const batches = compilePlan(plan, registry).execute({
          signal: new AbortController().signal,
          batchRows,
          memory,
          metrics: createMetrics(),
          evaluation: evaluationContext(parameters),
          table: (id) => providerOf(id, database, batchRows),
          write: () => expect.fail('a query writes nothing'),
          stats: null,
        });
        for await (const batch of batches) {
          for (let i = 0; i < batch.rowCount; i++) rows.push(batch.vectors.map((vector) => valueAt(vector, i)));
        }
        expect(linesOf(bound.plan, rows), printPhysicalPlan(plan, { ids: 'always' })).toEqual(expected);
        expect(memory.usedBytes).toBe(0);
      },
    ),
    { numRuns: 30 },
  );
});

/** The rows of a table in small batches; leaves all filters to the scan. */
function providerOf(tableId: string, database: Database, batchRows: number): TableProvider {
  const fields = tables.get(tableId)?.columns ?? [];
  const rows = database.get(tableId) ?? [];
  return {
    schema: { fields },
    prepareScan: (request) => ({
      residualFilters: request.filters,
      describe: () => '',
      async *batches(): AsyncGenerator<RecordBatch, void, void> {
        for (let start = 0; start < rows.length; start += batchRows) {
          const part = rows.slice(start, start + batchRows);
          const vectors = request.columns.map((name) => {
            const field = fields.find((column) => column.name === name);
            return vectorFromValues(
              field?.type ?? { kind: 'void' },
              part.map((row) => row[name] ?? null),
            );
          });
          yield { rowCount: part.length, vectors };
        }
      },
    }),
  };
}

function evaluationContext(parameters: readonly Value[]): EvaluationContext {
  const unused = (): never => expect.fail('these statements ask no session');
  return {
    transactionMicros: 0n,
    statementMicros: 0n,
    clockMicros: () => 0n,
    random: () => 0.5,
    uuid: unused,
    format: DEFAULT_FORMAT,
    parameters: asParameters(parameters),
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
