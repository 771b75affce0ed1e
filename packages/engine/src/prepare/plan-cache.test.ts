import { expect, test } from 'vitest';
import { PlanCache } from './plan-cache.ts';
import type { PreparedPlan, TableReference } from './prepared-plan.ts';

const reference: TableReference = { schemaName: null, name: 't', tableId: 'a', schemaId: 1 };
const plan = (references: readonly TableReference[] = []): PreparedPlan => ({ references }) as unknown as PreparedPlan;
const snapshot = (tables: Readonly<Record<string, { tableId: string; schemaId: number }>>) =>
  ({ table: (_: unknown, name: string) => tables[name] }) as unknown as Parameters<PlanCache['get']>[1];

test('the least recently used plan goes first', () => {
  const cache = new PlanCache({ entriesMax: 2, charactersMax: 100 });
  const [a, b, c] = [plan(), plan(), plan()];
  cache.put('a', a);
  cache.put('b', b);
  expect(cache.get('a', snapshot({}))).toBe(a);
  cache.put('c', c);
  expect(['a', 'b', 'c'].map((key) => cache.get(key, snapshot({})))).toEqual([a, undefined, c]);
});

test('long texts push out others; one that is longer than all may be is not kept', () => {
  const cache = new PlanCache({ entriesMax: 100, charactersMax: 10 });
  cache.put('123456', plan());
  cache.put('123456', plan());
  cache.put('abcd', plan());
  expect(cache.get('123456', snapshot({}))).toBeDefined();
  cache.put('x', plan());
  expect(cache.get('abcd', snapshot({}))).toBeUndefined();
  cache.put('12345678901', plan());
  expect(cache.get('12345678901', snapshot({}))).toBeUndefined();
  expect(cache.get('123456', snapshot({}))).toBeDefined();
});

test('a plan is given out only while its names mean the same tables in the same shape', () => {
  const means = { t: { tableId: 'a', schemaId: 1 } };
  for (const [now, isThere] of [
    [means, true],
    [{}, false],
    [{ t: { tableId: 'b', schemaId: 1 } }, false],
    [{ t: { tableId: 'a', schemaId: 2 } }, false],
  ] as const) {
    const cache = new PlanCache({ entriesMax: 2, charactersMax: 100 });
    cache.put('k', plan([reference]));
    expect(cache.get('k', snapshot(now)) !== undefined).toBe(isThere);
    expect(cache.get('k', snapshot(means)) !== undefined).toBe(isThere);
  }
});
