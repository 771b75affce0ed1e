import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileSystem, ObjectStore } from '@millrace/core';
import { nodeFileSystem, nodeRandom } from '@millrace/core/node';
import { objectStoreSuite } from '@millrace/testkit/vitest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { localObjectStore } from './local-object-store.ts';
import { memoryObjectStore } from './memory-object-store.ts';

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

objectStoreSuite('memory', () => ({ store: memoryObjectStore() }));
objectStoreSuite('local', () => {
  const name = nodeRandom.uuid();
  return { store: localStore(nodeFileSystem, name), reopen: () => localStore(nodeFileSystem, name) };
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
