import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeFileSystem as fileSystem } from './file-system.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-fs-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test('appends many chunks, empty ones included, in order, blocking and not', async () => {
  const path = join(directory, 'a');
  const file = await fileSystem.open(path, 'create-new');
  const chunks = Array.from({ length: 3_000 }, (_, i) => bytesOf(i % 7 === 0 ? '' : `${i},`));
  await file.write(chunks);
  file.writeNow(chunks);
  file.writeNow([]);
  await file.sync();
  file.syncNow();
  const once = Array.from({ length: 3_000 }, (_, i) => (i % 7 === 0 ? '' : `${i},`)).join('');
  expect(readFileSync(path, 'utf8')).toBe(once + once);
  expect(await file.size()).toBe(2 * once.length);
  await file.truncate(4);
  await file.write([bytesOf('END')]);
  expect(new TextDecoder().decode(await file.read(2, 100))).toBe(`${once.slice(2, 4)}END`);
  await file.close();
});

test('open modes keep their word', async () => {
  const path = join(directory, 'a');
  await expect(fileSystem.open(path, 'read')).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(fileSystem.open(path, 'read-write')).rejects.toMatchObject({ code: 'ENOENT' });
  await (await fileSystem.open(path, 'append')).close();
  await expect(fileSystem.open(path, 'create-new')).rejects.toMatchObject({ code: 'EEXIST' });
  const file = await fileSystem.open(path, 'read-write');
  await file.writeAt(0, bytesOf('abc'));
  await file.writeAt(1, bytesOf('XYZ'));
  await file.close();
  expect(await fileSystem.readFile(path)).toEqual(Buffer.from('aXYZ'));
});

test('syncs of a file that is appended to run in a thread of their own, and fail as the system says', async () => {
  const file = await fileSystem.open(join(directory, 'log'), 'append');
  for (let i = 0; i < 5; i++) {
    await file.write([bytesOf('x')]);
    await Promise.all([file.sync(), file.sync()]);
  }
  const pipe = await fileSystem.open('/dev/null', 'append');
  await expect(pipe.sync()).rejects.toMatchObject({ code: 'EINVAL' });
  await file.sync();
  await pipe.close();
  await file.close();
});

test('directories: list, link, rename, remove, sync', async () => {
  const sub = join(directory, 'sub');
  await fileSystem.makeDirectory(sub);
  const file = await fileSystem.open(join(sub, 'b'), 'create-new');
  await file.write([bytesOf('12345')]);
  await file.close();
  await fileSystem.link(join(sub, 'b'), join(sub, 'a'));
  await expect(fileSystem.link(join(sub, 'b'), join(sub, 'a'))).rejects.toMatchObject({ code: 'EEXIST' });
  await fileSystem.rename(join(sub, 'b'), join(sub, 'c'));
  await fileSystem.syncDirectory(sub);
  expect((await fileSystem.list(sub)).map(({ name, size, isDirectory }) => [name, size, isDirectory])).toEqual([
    ['a', 5, false],
    ['c', 5, false],
  ]);
  expect(await fileSystem.stat(join(sub, 'c'))).toMatchObject({ name: 'c', size: 5 });
  await expect(fileSystem.list(join(directory, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  await fileSystem.remove(join(sub, 'a'));
  await fileSystem.remove(join(sub, 'c'));
  await fileSystem.removeDirectory(sub);
  expect(await fileSystem.list(directory)).toEqual([]);
});
