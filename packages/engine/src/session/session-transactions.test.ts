import { createMemoryBudget, type RecordBatch, types, vectorFromValues } from '@millrace/core';
import { expect, test } from 'vitest';
import { SessionSettings } from '../settings/session-settings.ts';
import { FakeTransactionStore } from '../testing/fake-transaction-store.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import type { Transaction } from '../transaction/transaction.ts';
import { SessionTransactions } from './session-transactions.ts';

const batch: RecordBatch = { rowCount: 1, vectors: [vectorFromValues(types.int4, [1])] };

function transactionsWith(commit: (transaction: Transaction) => Promise<void>): SessionTransactions {
  const store = new FakeTransactionStore(createMemoryBudget('rows', 1_000_000));
  return new SessionTransactions({
    services: {
      memory: createMemoryBudget('server', 1_000_000),
      clock: new ManualClock(),
      transactionStore: store,
    },
    settings: new SessionSettings({ defaults: new Map(), startup: [], user: 'tester', checks: {} }),
    commits: {
      async commit(transaction, level) {
        const tableIds = transaction.writes.map(({ tableId }) => tableId);
        await commit(transaction);
        return { lsn: 1n, level, tableIds };
      },
    },
    startMicros: () => 7n,
    warn: () => undefined,
    closing: new AbortController().signal,
  });
}

test('once a commit is under way only it decides: neither errors nor rollback take the rows away', async () => {
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const seen: unknown[] = [];
  const transactions = transactionsWith(async (transaction) => {
    await held;
    seen.push(...transaction.writes.map((own) => own.batches));
  });
  transactions.beginBlock();
  transactions.ensure().addRows('t', 1, batch);
  const done = transactions.commit();
  transactions.rollback();
  transactions.onError();
  expect(transactions.status).toBe('block');
  go();
  await done;
  expect([transactions.status, transactions.current, seen]).toEqual(['idle', null, [[batch]]]);
});

test('the states', async () => {
  const transactions = transactionsWith(async () => undefined);
  const states: string[] = [];
  const note = (): unknown => states.push(`${transactions.state} ${transactions.status}`);
  note();
  expect(transactions.ensure().startMicros).toBe(7n);
  note();
  transactions.beginBlock();
  note();
  transactions.onError();
  note();
  await transactions.commit();
  note();
  transactions.ensure();
  transactions.onError();
  note();
  expect(states).toEqual(['idle idle', 'implicit idle', 'block block', 'failed failed', 'idle idle', 'idle idle']);
});
