import { printPhysicalPlan } from '@millrace/planner';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { evaluationContext, runOnEngine, tableOfRows } from '../support/run-plan.ts';
import {
  asParameters,
  bind,
  databases,
  frontend,
  linesOf,
  optimizer,
  PARTITION_QUERIES,
  parametersFor,
  planWithout,
  QUERIES,
  referenceAnswer,
  small,
  tables,
} from './statements.ts';

// The engine's operators give the reference interpreter's answer, whatever rules are on and however large batches are.
beforeAll(() => frontend.load());
const names = optimizer.rules.map((rule) => rule.name);

it.each([...QUERIES, ...PARTITION_QUERIES])('%s', async (sql) => {
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
        const { rows } = await runOnEngine(plan, {
          batchRows,
          evaluation: evaluationContext(asParameters(parameters)),
          table: (id) => tableOfRows(tables.get(id)?.columns ?? [], database.get(id) ?? [], batchRows),
        });
        expect(linesOf(bound.plan, rows), printPhysicalPlan(plan, { ids: 'always' })).toEqual(expected);
      },
    ),
    { numRuns: 30 },
  );
});
