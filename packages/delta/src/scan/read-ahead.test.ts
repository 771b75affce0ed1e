import { expect, test } from 'vitest';
import { readAhead } from './read-ahead.ts';

interface Item {
  readonly name: string;
  readonly bytes: number;
  readonly fails?: boolean;
}
function world(items: readonly Item[]) {
  const steps: string[] = [];
  let open = 0;
  let openMax = 0;
  const values = readAhead(items, {
    itemsMax: 2,
    bytesMax: 10,
    bytesOf: (item) => item.bytes,
    open: async function* (item) {
      steps.push(`open ${item.name}`);
      openMax = Math.max(openMax, ++open);
      try {
        if (item.fails) throw new Error(`${item.name} failed`);
        yield `${item.name}1`;
        await Promise.resolve();
        yield `${item.name}2`;
      } finally {
        open--;
        steps.push(`close ${item.name}`);
      }
    },
  });
  return { steps, values, state: () => ({ open, openMax }) };
}
const small = (...names: string[]): Item[] => names.map((name) => ({ name, bytes: 5 }));

test('order is kept, the next two are begun early', async () => {
  const { values, steps, state } = world(small('a', 'b', 'c', 'd'));
  const seen: string[] = [];
  for await (const value of values) seen.push(value);
  expect(seen).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'c2', 'd1', 'd2']);
  expect(steps.slice(0, 3)).toEqual(['open a', 'open b', 'open c']);
  expect(state()).toEqual({ open: 0, openMax: 3 });
});

test('big ones wait for their turn', async () => {
  const { values, steps, state } = world([{ name: 'a', bytes: 50 }, { name: 'b', bytes: 50 }, ...small('c')]);
  for await (const _ of values);
  expect(steps).toEqual(['open a', 'close a', 'open b', 'open c', 'close b', 'close c']);
  expect(state()).toEqual({ open: 0, openMax: 2 });
});

test('what was begun is ended when the reader stops, or one fails', async () => {
  const stopped = world(small('a', 'b', 'c', 'd'));
  for await (const value of stopped.values) if (value === 'a2') break;
  expect(stopped.state().open).toBe(0);
  expect(stopped.steps).not.toContain('open d');
  const failing = world([...small('a'), { name: 'b', bytes: 5, fails: true }, ...small('c', 'd')]);
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const value of failing.values) seen.push(value);
  };
  await expect(read()).rejects.toThrow('b failed');
  expect(seen).toEqual(['a1', 'a2']);
  expect(failing.state().open).toBe(0);
  const untouched = world(small('a'));
  await untouched.values.return();
  expect(untouched.steps).toEqual([]);
});
