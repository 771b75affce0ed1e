import { printPlan } from '@millrace/planner';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import {
  bind,
  databases,
  frontend,
  optimizer,
  PARTITION_QUERIES,
  parametersFor,
  planWithout,
  QUERIES,
  referenceAnswer,
  small,
} from './statements.ts';

// Any subset of the standard rules gives the answer of none: whole statements, planned from SQL, run by the reference interpreter on random
// rows. Errors may vanish, never appear.
beforeAll(() => frontend.load());
const logical = optimizer.rules.filter((rule) => rule.phase !== 'physical').map((rule) => rule.name);

it.each([...QUERIES, ...PARTITION_QUERIES])('%s', (sql) => {
  const bound = bind(sql);
  let compared = 0;
  fc.assert(
    fc.property(databases, fc.subarray(logical), small, (database, disabled, given) => {
      const parameters = parametersFor(bound, given);
      const plan = planWithout(bound, new Set(disabled), parameters);
      const expected = referenceAnswer(bound.plan, database, parameters);
      if (expected === null) return;
      compared++;
      const print = printPlan(plan, { ids: 'always' });
      expect(referenceAnswer(plan, database, parameters), print).toEqual(expected);
    }),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(10);
});

it('every rule changes something in these statements', () => {
  const fired = new Set<string>();
  for (const sql of [...QUERIES, ...PARTITION_QUERIES]) {
    const bound = bind(sql);
    const parameters = parametersFor(bound, 1);
    const run = { nextColumnId: bound.nextColumnId };
    const optimized = optimizer.optimize(bound.plan, run);
    const values = {
      parameters: parameters.map((value) => ({ kind: 'value', value }) as const),
      format: FORMAT,
      transactionMicros: 0n,
    };
    const events = [...optimized.events, ...optimizer.bind(optimized.plan, { ...run, ...values }).events];
    for (const event of events) if (event.changed) fired.add(event.rule);
  }
  expect([...fired].sort()).toEqual([...logical].sort());
});

const FORMAT = {
  timeZone: 'UTC',
  dateStyle: 'ISO',
  intervalStyle: 'postgres',
  byteaOutput: 'hex',
  extraFloatDigits: 1,
} as const;
