import { createMemoryBudget, type RecordBatch, types, vectorFromValues } from '@millrace/core';
import { expect, test } from 'vitest';
import { engineWorld } from '../testing/engine-world.ts';
import { Transaction } from './transaction.ts';

const batch = (...values: readonly number[]): RecordBatch => ({
  rowCount: values.length,
  vectors: [vectorFromValues(types.int4, values)],
});

test('rows are charged until the transaction ends, drops their table or hands them over', () => {
  const memory = createMemoryBudget('server', 1_000_000);
  const open = (): Transaction => new Transaction({ startMicros: 0n, memory, relieve: async () => false });
  const first = open();
  first.addRows('a', 1, batch(1, 2, 3));
  const bytes = memory.usedBytes;
  expect(bytes).toBeGreaterThanOrEqual(12);
  first.addRows('b', 1, batch(4));
  first.drop('a');
  expect(memory.usedBytes).toBeLessThan(bytes);
  expect(first.writes.map((own) => own.tableId)).toEqual(['b']);
  first.end();
  first.end();
  expect(memory.usedBytes).toBe(0);
  expect(() => first.addRows('a', 1, batch(1))).toThrow('over');
  const second = open();
  second.addRows('a', 1, batch(1));
  second.handOver();
  expect([memory.usedBytes, second.writes[0]?.batches]).toEqual([0, [batch(1)]]);
});

test('buffered rows make room for new ones before 53200', async () => {
  const memory = createMemoryBudget('server', 1_000);
  const buffered = [memory.reserve(500), memory.reserve(450)];
  const relieve = async (): Promise<boolean> => {
    buffered.pop()?.release();
    return buffered.length > 0;
  };
  const transaction = new Transaction({ startMicros: 0n, memory, relieve });
  await transaction.addRows('a', 1, batch(...Array.from({ length: 50 }, (_, i) => i)));
  expect(transaction.ownRows('a')[0]?.rowCount).toBe(50);
  expect(buffered).toHaveLength(1);
  await expect((async () => transaction.addRows('a', 1, batch(...Array(300).fill(1))))()).rejects.toMatchObject({
    sqlstate: '53200',
    message: expect.stringMatching(/^out of memory: transaction needs \d+ bytes and \d+ of 1000 are left$/),
  });
  expect(transaction.ownRows('a')).toHaveLength(1);
});

test('a snapshot of own rows does not grow', () => {
  const memory = createMemoryBudget('server', 1_000_000);
  const transaction = new Transaction({ startMicros: 0n, memory, relieve: async () => false });
  transaction.addRows('a', 1, batch(1));
  const rows = transaction.ownRows('a');
  transaction.addRows('a', 1, batch(2));
  expect(rows).toEqual([batch(1)]);
});

test('a transaction may fill the budget: its rows are charged once at COMMIT; too much is 53200 and leaves nothing', async () => {
  const world = await engineWorld({ memoryBytes: 1_000_000 });
  const session = await world.connect();
  await session.run('create table t (x text)');
  await session.run('begin');
  await session.run("insert into t select repeat('x', 9900 + g) from generate_series(1, 70) g");
  expect(world.memory.usedBytes).toBeGreaterThan(600_000);
  expect(await session.run('commit')).toBe('COMMIT');
  expect(world.memory.usedBytes).toBe(0);
  await session.run('begin');
  expect(await session.error("insert into t select repeat('x', 9900 + g) from generate_series(1, 200) g")).toMatch(
    /^53200 /,
  );
  expect(world.memory.usedBytes).toBe(0);
  await session.run('rollback');
  expect(await session.rows('select count(*) from t')).toEqual([[70n]]);
});
