import { expect, test } from 'vitest';
import { SimCrash, SimDisk, seededRandom, simClock } from './index.ts';

const bytesOf = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
const newDisk = (seed = 1): SimDisk => new SimDisk(seededRandom(seed));

test('what no sync confirmed is gone: contents, names, renames, links, removals', async () => {
  const disk = newDisk();
  const before = disk.mount();
  await before.makeDirectory('d');
  await before.syncDirectory('');
  for (const name of ['kept', 'renamed', 'removed']) {
    const file = await before.open(`d/${name}`, 'create-new');
    await file.write([bytesOf(600, 1)]);
    await file.sync();
  }
  await before.syncDirectory('d');
  const kept = await before.open('d/kept', 'append');
  await kept.write([bytesOf(1_000, 2)]);
  await before.rename('d/renamed', 'd/other');
  await before.remove('d/removed');
  await before.link('d/kept', 'd/linked');
  await (await before.open('d/new', 'create-new')).sync();
  await before.makeDirectory('lost');
  expect((await before.list('d')).map((entry) => entry.name)).toEqual(['kept', 'linked', 'new', 'other']);

  disk.crash('none');
  const after = disk.mount();
  expect((await after.list('d')).map((entry) => [entry.name, entry.size])).toEqual([
    ['kept', 600],
    ['removed', 600],
    ['renamed', 600],
  ]);
  await expect(after.list('lost')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await after.readFile('d/kept')).toEqual(bytesOf(600, 1));
  await expect(before.list('d')).rejects.toThrow(SimCrash);
  await expect(kept.write([])).rejects.toThrow(SimCrash);
});

test('a synced name of an unsynced file is an empty file; a synced file without a name is gone', async () => {
  const disk = newDisk();
  const before = disk.mount();
  const named = await before.open('named', 'create-new');
  await before.syncDirectory('');
  await named.write([bytesOf(10, 1)]);
  const nameless = await before.open('nameless', 'create-new');
  await nameless.write([bytesOf(10, 1)]);
  nameless.syncNow();
  disk.crash('none');
  expect((await disk.mount().list('')).map((entry) => [entry.name, entry.size])).toEqual([['named', 0]]);
});

test('random crashes tear files by sectors: each is old, new or zero, and all of these happen', async () => {
  const seen = new Set<string>();
  for (let seed = 0; seed < 60; seed++) {
    const disk = newDisk(seed);
    const fileSystem = disk.mount();
    const file = await fileSystem.open('f', 'create-new');
    await file.write([bytesOf(700, 1)]);
    await file.sync();
    await fileSystem.syncDirectory('');
    await file.write([bytesOf(1_500, 2)]);
    disk.crash('random');
    const left = await disk.mount().readFile('f');
    expect([...left.subarray(0, 700)].every((byte) => byte === 1)).toBe(true);
    for (let at = 700; at < left.byteLength; at++) {
      const sectorStart = Math.max(700, Math.floor(at / 512) * 512);
      expect(left[at]).toBe(left[sectorStart]);
    }
    seen.add(
      left.byteLength === 700 ? 'old' : left.includes(0) ? 'hole' : left.byteLength === 2_200 ? 'whole' : 'suffix lost',
    );
  }
  expect([...seen].sort()).toEqual(['hole', 'old', 'suffix lost', 'whole']);
});

test('a failed sync drops the pages; the next one succeeds and saves nothing of them', async () => {
  const disk = newDisk();
  const fileSystem = disk.mount();
  const file = await fileSystem.open('f', 'create-new');
  await fileSystem.syncDirectory('');
  await file.write([bytesOf(512, 1)]);
  disk.script([{ kind: 'sync', effect: { error: 'EIO' } }]);
  await expect(file.sync()).rejects.toMatchObject({ code: 'EIO' });
  await file.write([bytesOf(512, 2)]);
  await file.sync();
  expect((await fileSystem.readFile('f'))[0]).toBe(1);
  disk.crash('all');
  const left = await disk.mount().readFile('f');
  expect([left[0], left[512]]).toEqual([0, 2]);
});

test('faults hit the nth match, writes may be cut, crashes end the life; the journal names everything', async () => {
  const disk = newDisk();
  const fileSystem = disk.mount();
  const file = await fileSystem.open('f', 'create-new');
  disk.script([{ kind: 'write', path: 'f', nth: 2, effect: { error: 'ENOSPC', partialBytes: 3 } }]);
  await file.write([bytesOf(2, 1)]);
  await expect(file.write([bytesOf(2, 2), bytesOf(2, 3)])).rejects.toMatchObject({ code: 'ENOSPC' });
  expect(await fileSystem.readFile('f')).toEqual(Uint8Array.of(1, 1, 2, 2, 3));
  await file.write([bytesOf(1, 4)]);
  disk.script([{ kind: 'sync', effect: { crash: 'after' } }], 'none');
  await fileSystem.syncDirectory('');
  await expect(file.sync()).rejects.toThrow(SimCrash);
  expect(disk.isCrashed).toBe(true);
  expect(await disk.mount().readFile('f')).toEqual(Uint8Array.of(1, 1, 2, 2, 3, 4));
  expect(disk.journal.map((operation) => `${operation.kind} ${operation.path}`)).toEqual([
    'open f',
    'write f',
    'write f',
    'read f',
    'write f',
    'sync-directory ',
    'sync f',
    'read f',
  ]);
});

test('kill keeps the page cache and frees the locks', async () => {
  const disk = newDisk();
  const fileSystem = disk.mount();
  expect(await fileSystem.lock('lock')).not.toBeNull();
  expect(await fileSystem.lock('lock')).toBeNull();
  const file = await fileSystem.open('f', 'create-new');
  await file.write([bytesOf(5, 9)]);
  disk.kill();
  const next = disk.mount();
  expect(await next.readFile('f')).toEqual(bytesOf(5, 9));
  expect(await next.lock('lock')).not.toBeNull();
});

test('the same seed gives the same world', () => {
  const draw = (seed: number): unknown => {
    const random = seededRandom(seed);
    return [random.uuid(), random.float(), random.bytes(4), random.fork().integer(1_000)];
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
});

test('virtual time wakes sleepers in order', async () => {
  const clock = simClock();
  const woken: string[] = [];
  void clock.sleep(20).then(() => woken.push(`b ${clock.monotonicMs()}`));
  void clock.sleep(10).then(async () => {
    woken.push(`a ${clock.monotonicMs()}`);
    await clock.sleep(5);
    woken.push(`a2 ${clock.monotonicMs()}`);
  });
  const abort = new AbortController();
  const aborted = clock.sleep(1, abort.signal);
  abort.abort(new Error('stop'));
  await expect(aborted).rejects.toThrow('stop');
  await clock.advance(30);
  expect(woken).toEqual(['a 10', 'a2 15', 'b 20']);
  expect(clock.nowMicros()).toBe(1_767_225_600_030_000n);
});
