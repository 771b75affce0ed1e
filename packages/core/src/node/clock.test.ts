import { expect, test } from 'vitest';
import { nodeClock } from './clock.ts';
import { nodeRandom } from './random.ts';

test('microseconds follow the wall clock', () => {
  expect(Math.abs(Number(nodeClock.nowMicros() / 1_000n) - Date.now())).toBeLessThan(100);
});

test('sleep resolves, and rejects with the reason of its signal', async () => {
  const before = nodeClock.monotonicMs();
  await nodeClock.sleep(5);
  expect(nodeClock.monotonicMs() - before).toBeGreaterThan(3);
  const abort = new AbortController();
  const sleeping = nodeClock.sleep(60_000, abort.signal);
  abort.abort(new Error('wake up'));
  await expect(sleeping).rejects.toThrow('wake up');
  await expect(nodeClock.sleep(1, abort.signal)).rejects.toThrow('wake up');
});

test('random values have their form', () => {
  expect(nodeRandom.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(nodeRandom.bytes(5).byteLength).toBe(5);
  const floats = Array.from({ length: 1_000 }, () => nodeRandom.float());
  expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...floats)).toBeLessThan(1);
  expect(Math.max(...floats)).toBeGreaterThan(0.9);
});
