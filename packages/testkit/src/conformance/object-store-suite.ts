import type { ObjectStore } from '@millrace/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';

/** A store to try, empty at first. */
export interface ObjectStoreSubject {
  readonly store: ObjectStore;
  /** Another client of the same objects, as after a restart; leave it out if the objects live no longer than the store. */
  reopen?(): Promise<ObjectStore> | ObjectStore;
  close?(): Promise<void> | void;
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const text = (body: Uint8Array | null): string | null => (body === null ? null : new TextDecoder().decode(body));
const byUtf8 = (a: string, b: string): number => {
  const [x, y] = [bytes(a), bytes(b)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0);
  return x.length - y.length;
};
async function keysOf(store: ObjectStore, prefix: string, startAfter?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of store.list(prefix, startAfter === undefined ? {} : { startAfter })) keys.push(object.key);
  return keys;
}

/**
 * The laws of `ObjectStore` as tests. Each test opens a store of its own. Expects listings that show a put at once: a store whose listings are
 * stale keeps the port's laws too, but nobody could tell that from a store that forgets.
 *
 *     objectStoreSuite('memory', () => ({ store: memoryObjectStore() }));
 */
export function objectStoreSuite(
  name: string,
  open: () => Promise<ObjectStoreSubject> | ObjectStoreSubject,
  budget: SuiteBudget = {},
): void {
  describe(`object store: ${name}`, () => {
    const opened: ObjectStoreSubject[] = [];
    const subject = async (): Promise<ObjectStoreSubject> => {
      const one = await open();
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close?.();
    });
    conditionalPuts(subject);
    reading(subject);
    listing(subject);
    refusing(subject);
    it('does what a map of keys would do, whatever the order of calls', async () => {
      await assertProperty(budget, 30, fc.array(operations, { maxLength: 25 }), async (steps) =>
        runModel(await subject(), steps),
      );
    });
  });
}

type Open = () => Promise<ObjectStoreSubject>;

function conditionalPuts(subject: Open): void {
  it('create never replaces an object, overwrite does', async () => {
    const { store } = await subject();
    expect(await store.put('a/b/c.json', bytes('1'), { mode: 'create' })).toBe('created');
    expect(await store.put('a/b/c.json', bytes('2'), { mode: 'create' })).toBe('exists');
    expect(text(await store.get('a/b/c.json'))).toBe('1');
    expect(await store.put('a/b/c.json', bytes('33'), { mode: 'overwrite' })).toBe('created');
    expect(text(await store.get('a/b/c.json'))).toBe('33');
    expect(await store.put('new', bytes('x'), { mode: 'overwrite' })).toBe('created');
    expect(text(await store.get('new'))).toBe('x');
  });

  it('lets one of many racing creates win, with its own contents', async () => {
    const { store } = await subject();
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (_, i) => store.put('r/1.json', bytes(`writer ${i}`), { mode: 'create' })),
    );
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'exists')).toHaveLength(15);
    expect(text(await store.get('r/1.json'))).toBe(`writer ${outcomes.indexOf('created')}`);
    expect(await keysOf(store, '')).toEqual(['r/1.json']);
  });

  it('never shows a part of an object, whoever reads meanwhile', async () => {
    const { store } = await subject();
    const body = bytes('x'.repeat(200_000));
    const put = store.put('big', body, { mode: 'create' });
    const seen = await Promise.all(Array.from({ length: 8 }, () => store.get('big')));
    expect(await put).toBe('created');
    for (const one of seen) if (one !== null) expect(one.length).toBe(body.length);
    expect((await store.get('big'))?.length).toBe(body.length);
  });

  it('can be created again after a delete, which is idempotent', async () => {
    const { store } = await subject();
    await store.put('a/b', bytes('1'), { mode: 'create' });
    for (const key of ['a/b', 'a/b', 'c/d']) await store.delete(key);
    expect([await store.get('a/b'), await store.head('a/b'), await keysOf(store, '')]).toEqual([null, null, []]);
    expect(await store.put('a/b', bytes('2'), { mode: 'create' })).toBe('created');
    expect(text(await store.get('a/b'))).toBe('2');
  });

  it('keeps objects for the next client', async () => {
    const one = await subject();
    await one.store.put('k/v', bytes('kept'), { mode: 'create' });
    await one.store.put('k/gone', bytes('x'), { mode: 'create' });
    await one.store.delete('k/gone');
    const again = (await one.reopen?.()) ?? one.store;
    expect([text(await again.get('k/v')), await keysOf(again, '')]).toEqual(['kept', ['k/v']]);
    expect(await again.put('k/v', bytes('other'), { mode: 'create' })).toBe('exists');
  });
}

function reading(subject: Open): void {
  it('answers null for what is not there, also for a part of a key', async () => {
    const { store } = await subject();
    await store.put('a/b/c', bytes('1'), { mode: 'create' });
    for (const key of ['a', 'a/b', 'a/b/cc', 'x/y/z']) {
      expect([await store.get(key), await store.head(key)], key).toEqual([null, null]);
    }
  });

  it('tells size and key', async () => {
    const { store } = await subject();
    await store.put('empty', bytes(''), { mode: 'create' });
    await store.put('a/five', bytes('12345'), { mode: 'create' });
    expect(await store.head('empty')).toMatchObject({ key: 'empty', size: 0 });
    expect((await store.get('empty'))?.length).toBe(0);
    const info = await store.head('a/five');
    expect(info).toMatchObject({ key: 'a/five', size: 5 });
    expect(Number.isFinite(info?.modifiedMs)).toBe(true);
    expect(store.describe('a/five')).toContain('a/five');
  });

  it('reads ranges [start, end), and refuses those beyond the end (58030)', async () => {
    const { store } = await subject();
    await store.put('x', bytes('0123456789'), { mode: 'create' });
    for (const [start, end] of [
      [0, 10],
      [2, 5],
      [9, 10],
      [0, 1],
    ] as const) {
      expect(text(await store.get('x', { range: { start, end } }))).toBe('0123456789'.slice(start, end));
    }
    expect(await store.get('none', { range: { start: 2, end: 5 } })).toBeNull();
    await expect(store.get('x', { range: { start: 8, end: 12 } })).rejects.toMatchObject({ sqlstate: '58030' });
  });

  it('shares no memory with its callers', async () => {
    const { store } = await subject();
    const body = bytes('before');
    await store.put('x', body, { mode: 'create' });
    body.fill(0);
    (await store.get('x'))?.fill(1);
    expect(text(await store.get('x'))).toBe('before');
  });
}

function listing(subject: Open): void {
  it('lists in the order of UTF-8 bytes, below a prefix, after a key', async () => {
    const { store } = await subject();
    const keys = ['a-b', 'a.b/c', 'a/b', 'a/b0', 'ab/c', 'z/é', 'z/\uffff', 'z/😀', 'z/p=x y%2F'];
    for (const key of [...keys].reverse()) await store.put(key, bytes(key), { mode: 'create' });
    const ordered = [...keys].sort(byUtf8);
    expect(await keysOf(store, '')).toEqual(ordered);
    expect(await keysOf(store, 'a/')).toEqual(['a/b', 'a/b0']);
    expect(await keysOf(store, 'a')).toEqual(ordered.filter((key) => key.startsWith('a')));
    expect(await keysOf(store, 'none/')).toEqual([]);
    for (const start of [...ordered, 'a/', 'a/b/x', 'zzz', 'z']) {
      expect(await keysOf(store, '', start), start).toEqual(ordered.filter((key) => byUtf8(key, start) > 0));
    }
  });

  it('gives sizes with a listing, and ends early when asked to', async () => {
    const { store } = await subject();
    for (const key of ['l/1', 'l/22', 'l/333']) await store.put(key, bytes(key), { mode: 'create' });
    const listed: [string, number][] = [];
    for await (const { key, size } of store.list('l/')) {
      listed.push([key, size]);
      if (listed.length === 2) break;
    }
    expect(listed).toEqual([
      ['l/1', 3],
      ['l/22', 4],
    ]);
  });
}

function refusing(subject: Open): void {
  it('refuses keys that leave the root, or that stores read differently (22023)', async () => {
    const { store } = await subject();
    for (const key of ['', '/a', '../a', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'a\0b']) {
      await expect(store.get(key), key).rejects.toMatchObject({ sqlstate: '22023' });
      await expect(store.put(key, bytes(''), { mode: 'create' }), key).rejects.toMatchObject({ sqlstate: '22023' });
      await expect(store.delete(key), key).rejects.toMatchObject({ sqlstate: '22023' });
    }
    await expect(keysOf(store, '../')).rejects.toMatchObject({ sqlstate: '22023' });
  });

  it('does nothing for a caller who has given up', async () => {
    const { store } = await subject();
    const signal = AbortSignal.abort();
    await expect(store.put('x', bytes('1'), { mode: 'create', signal })).rejects.toBeDefined();
    expect(await store.head('x')).toBeNull();
    await store.put('y', bytes('1'), { mode: 'create' });
    await expect(store.get('y', { signal })).rejects.toBeDefined();
  });
}

const KEYS = ['a', 'b/a', 'b/b', 'b/ä', 'c'] as const;
type Operation =
  | { readonly op: 'create' | 'overwrite'; readonly key: string; readonly body: Uint8Array }
  | { readonly op: 'delete' | 'get' | 'head'; readonly key: string }
  | { readonly op: 'list' }
  | { readonly op: 'reopen' };
const key = fc.constantFrom(...KEYS);
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    op: fc.constantFrom('create' as const, 'overwrite' as const),
    key,
    body: fc.uint8Array({ maxLength: 20 }),
  }),
  fc.record({ op: fc.constantFrom('delete' as const, 'get' as const, 'head' as const), key }),
  fc.record({ op: fc.constantFrom('list' as const, 'reopen' as const) }),
);

async function runModel(subject: ObjectStoreSubject, steps: readonly Operation[]): Promise<void> {
  const model = new Map<string, Uint8Array>();
  let { store } = subject;
  for (const step of steps) {
    switch (step.op) {
      case 'create':
      case 'overwrite': {
        const stays = step.op === 'create' && model.has(step.key);
        expect(await store.put(step.key, step.body, { mode: step.op })).toBe(stays ? 'exists' : 'created');
        if (!stays) model.set(step.key, step.body);
        break;
      }
      case 'delete':
        await store.delete(step.key);
        model.delete(step.key);
        break;
      case 'get':
        {
          // A store may give a subclass, such as Node's Buffer.
          const body = await store.get(step.key);
          expect(body === null ? null : [...body]).toEqual(
            model.has(step.key) ? [...(model.get(step.key) ?? [])] : null,
          );
        }
        break;
      case 'head':
        expect((await store.head(step.key))?.size ?? null).toBe(model.get(step.key)?.length ?? null);
        break;
      case 'list':
        expect(await keysOf(store, '')).toEqual([...model.keys()].sort(byUtf8));
        break;
      case 'reopen':
        store = (await subject.reopen?.()) ?? store;
        break;
      default:
        step satisfies never;
    }
  }
}
