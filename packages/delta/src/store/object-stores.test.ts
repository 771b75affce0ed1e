import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem, ObjectStore } from '@millrace/core';
import { nodeFileSystem, nodeRandom } from '@millrace/core/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localObjectStore } from './local-object-store.ts';
import { memoryObjectStore } from './memory-object-store.ts';
import { compareKeys } from './object-key.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'millrace-store-'));
});
afterAll(() => rm(root, { recursive: true }));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (body: Uint8Array | null): string | null => (body === null ? null : new TextDecoder().decode(body));
async function keysOf(store: ObjectStore, prefix: string, startAfter?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const object of store.list(prefix, startAfter === undefined ? {} : { startAfter })) keys.push(object.key);
  return keys;
}
const localStore = (fileSystem: FileSystem, name: string): ObjectStore =>
  localObjectStore({ root: join(root, name), fileSystem, random: nodeRandom });

const STORES: readonly (readonly [string, () => ObjectStore])[] = [
  ['memory', () => memoryObjectStore()],
  ['local', () => localStore(nodeFileSystem, nodeRandom.uuid())],
];

describe.each(STORES)('%s store', (_, make) => {
  test('create never replaces, overwrite does', async () => {
    const store = make();
    expect(await store.put('a/b/c.json', bytes('1'), { mode: 'create' })).toBe('created');
    expect(await store.put('a/b/c.json', bytes('2'), { mode: 'create' })).toBe('exists');
    expect(text(await store.get('a/b/c.json'))).toBe('1');
    expect(await store.put('a/b/c.json', bytes('33'), { mode: 'overwrite' })).toBe('created');
    expect(text(await store.get('a/b/c.json'))).toBe('33');
    expect(await store.head('a/b/c.json')).toMatchObject({ key: 'a/b/c.json', size: 2 });
    expect([
      await store.get('a/b'),
      await store.head('a/b'),
      await store.get('a/x'),
      await store.head('x/y/z'),
    ]).toEqual([null, null, null, null]);
  });

  test('ranges', async () => {
    const store = make();
    await store.put('x', bytes('0123456789'), { mode: 'create' });
    expect(text(await store.get('x', { range: { start: 2, end: 5 } }))).toBe('234');
    expect(await store.get('y', { range: { start: 2, end: 5 } })).toBeNull();
    await expect(store.get('x', { range: { start: 8, end: 12 } })).rejects.toMatchObject({ sqlstate: '58030' });
  });

  test('of many racing creates one wins', async () => {
    const store = make();
    const outcomes = await Promise.all(
      Array.from({ length: 16 }, (__, i) => store.put('r/1.json', bytes(String(i)), { mode: 'create' })),
    );
    const winner = outcomes.indexOf('created');
    expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
    expect(text(await store.get('r/1.json'))).toBe(String(winner));
    expect(await keysOf(store, '')).toEqual(['r/1.json']);
  });

  test('listings are ordered by UTF-8 bytes, and may start anywhere', async () => {
    const store = make();
    const keys = ['a', 'a-b', 'a.b/c', 'a/b', 'a/b0', 'ab/c', 'z/é', 'z/\uffff', 'z/😀', 'z/p=x y%2F'];
    for (const key of [...keys].reverse()) if (key !== 'a') await store.put(key, bytes(key), { mode: 'create' });
    const expected = keys.filter((key) => key !== 'a').sort((x, y) => Buffer.compare(Buffer.from(x), Buffer.from(y)));
    expect(await keysOf(store, '')).toEqual(expected);
    expect(await keysOf(store, 'a/')).toEqual(['a/b', 'a/b0']);
    expect(await keysOf(store, 'a')).toEqual(expected.filter((key) => key.startsWith('a')));
    expect(await keysOf(store, 'none/')).toEqual([]);
    for (const start of [...expected, 'a/', 'a/b/x', 'zzz', 'z']) {
      expect(await keysOf(store, '', start), start).toEqual(expected.filter((key) => compareKeys(key, start) > 0));
    }
  });

  test('delete is idempotent', async () => {
    const store = make();
    await store.put('a/b', bytes('1'), { mode: 'create' });
    await store.delete('a/b');
    await store.delete('a/b');
    await store.delete('c/d');
    expect(await store.get('a/b')).toBeNull();
    expect(await store.put('a/b', bytes('2'), { mode: 'create' })).toBe('created');
  });

  test('keys that leave the root, or that stores could read differently, are refused', async () => {
    const store = make();
    for (const key of ['', '/a', '../a', 'a/../b', 'a//b', 'a/', './a', 'a\\b', 'a\0b']) {
      await expect(store.get(key), key).rejects.toMatchObject({ sqlstate: '22023' });
      await expect(store.put(key, bytes(''), { mode: 'create' }), key).rejects.toMatchObject({ sqlstate: '22023' });
    }
    await expect(keysOf(store, '../')).rejects.toMatchObject({ sqlstate: '22023' });
  });
});

/** Node's files, with a journal of what was done, and an injected failure. */
function watched(fail: (step: string) => string | null = () => null) {
  const steps: string[] = [];
  const short = (path: string): string => path.replace(root, '').replace(/\.[0-9a-f-]{36}\.tmp$/, '.tmp');
  const step = (name: string): void => {
    steps.push(name);
    const code = fail(name);
    if (code !== null) throw Object.assign(new Error(code), { code });
  };
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      const sync = async (): Promise<void> => {
        step(`sync ${short(path)}`);
        await file.sync();
      };
      return { ...file, sync };
    },
    async makeDirectory(path) {
      await nodeFileSystem.makeDirectory(path);
      step(`mkdir ${short(path)}`);
    },
    async link(from, to) {
      step(`link ${short(to)}`);
      await nodeFileSystem.link(from, to);
    },
    async rename(from, to) {
      step(`rename ${short(to)}`);
      await nodeFileSystem.rename(from, to);
    },
    async remove(path) {
      step(`remove ${short(path)}`);
      await nodeFileSystem.remove(path);
    },
    async syncDirectory(path) {
      step(`syncdir ${short(path)}`);
      await nodeFileSystem.syncDirectory(path);
    },
  };
  return { fileSystem, steps };
}

describe('the local store and power loss', () => {
  test('a create is on disk, with its directories, before it is answered', async () => {
    const { fileSystem, steps } = watched();
    await localStore(fileSystem, 'w1').put('t/_delta_log/0.json', bytes('x'), { mode: 'create' });
    expect(steps).toEqual([
      ...['mkdir /w1', `syncdir `, 'mkdir /w1/t', 'syncdir /w1', 'mkdir /w1/t/_delta_log', 'syncdir /w1/t'],
      ...['sync /w1/t/_delta_log/.0.json.tmp', 'link /w1/t/_delta_log/0.json', 'remove /w1/t/_delta_log/.0.json.tmp'],
      'syncdir /w1/t/_delta_log',
    ]);
    steps.length = 0;
    await localStore(fileSystem, 'w1').put('t/_delta_log/0.json', bytes('y'), { mode: 'overwrite' });
    // A new process does not know whether the one before it synced what it made.
    expect(steps).toEqual([
      ...['syncdir ', 'syncdir /w1', 'syncdir /w1/t', 'sync /w1/t/_delta_log/.0.json.tmp'],
      ...['rename /w1/t/_delta_log/0.json', 'syncdir /w1/t/_delta_log'],
    ]);
  });

  test('what a killed process left is synced before it is shown, once', async () => {
    const { fileSystem, steps } = watched();
    await localStore(nodeFileSystem, 'w2').put('t/log/0.json', bytes('x'), { mode: 'create' });
    const store = localStore(fileSystem, 'w2');
    expect(text(await store.get('t/log/0.json'))).toBe('x');
    expect(steps).toEqual(['syncdir /w2', 'syncdir /w2/t', 'syncdir /w2/t/log']);
    await keysOf(store, 't/log/');
    await store.head('t/log/0.json');
    expect(steps).toHaveLength(3);
  });

  test('after a failed directory sync nothing is shown or written any more', async () => {
    let broken = false;
    const { fileSystem } = watched((step) => (broken && step.startsWith('syncdir') ? 'EIO' : null));
    const store = localStore(fileSystem, 'w3');
    await store.put('t/0.json', bytes('x'), { mode: 'create' });
    broken = true;
    await expect(store.put('t/1.json', bytes('x'), { mode: 'create' })).rejects.toMatchObject({ sqlstate: '58030' });
    broken = false;
    await expect(store.get('t/1.json')).rejects.toMatchObject({ sqlstate: '58030' });
    await expect(store.put('t/2.json', bytes('x'), { mode: 'create' })).rejects.toMatchObject({ sqlstate: '58030' });
    expect(text(await localStore(nodeFileSystem, 'w3').get('t/0.json'))).toBe('x');
  });

  test('a full disk and a failed sync leave no object and no temporary file', async () => {
    for (const [name, code, sqlstate] of [
      ['sync', 'ENOSPC', '53100'],
      ['sync', 'EIO', '58030'],
      ['link', 'EPERM', '58030'],
    ] as const) {
      const { fileSystem } = watched((step) => (step.startsWith(`${name} `) ? code : null));
      const store = localStore(fileSystem, `w4-${code}`);
      await expect(store.put('t/0.json', bytes('x'), { mode: 'create' })).rejects.toMatchObject({ sqlstate });
      expect((await nodeFileSystem.list(join(root, `w4-${code}`, 't'))).map((entry) => entry.name)).toEqual([]);
    }
  });
});
