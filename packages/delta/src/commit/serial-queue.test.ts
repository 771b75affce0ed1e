import { expect, test } from 'vitest';
import { SerialQueue, SharedWork } from './serial-queue.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('one after the other, failures included', async () => {
  const queue = new SerialQueue();
  const steps: string[] = [];
  const work = (name: string) => async () => {
    steps.push(`${name} starts`);
    await turn();
    steps.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const results = await Promise.allSettled([queue.run(work('a')), queue.run(work('b')), queue.run(work('c'))]);
  expect(steps).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  await queue.idle();
});

test('shared work begins after each caller asked, and runs no more often than needed', async () => {
  let begun = 0;
  let running = 0;
  const shared = new SharedWork(async () => {
    begun++;
    expect(++running).toBe(1);
    await turn();
    running--;
    if (begun === 2) throw new Error('second failed');
  });
  const first = shared.run();
  expect(begun).toBe(1);
  const waiting = [shared.run(), shared.run(), shared.run()];
  await first;
  const results = await Promise.allSettled(waiting);
  expect(results.map((result) => result.status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(begun).toBe(2);
  await shared.run();
  expect(begun).toBe(3);
});
