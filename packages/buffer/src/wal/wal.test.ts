import type { FileSystem } from '@millrace/core';
import { expect, test } from 'vitest';
import { bytesOf, contents, type WalWorld, walWorld, withDataDirectory } from '../testing/wal-world.ts';
import type { SegmentedWal } from './segmented-wal.ts';

const append = (wal: SegmentedWal, ...texts: string[]): Promise<void> => wal.append(texts.map(bytesOf)).durable;
const world = (seed?: number): Promise<WalWorld> => withDataDirectory(walWorld(seed));

test('records come back in order, with their numbers, after a restart', async () => {
  const { open, disk } = await world();
  const wal = await open();
  await append(wal, 'a');
  await Promise.all([append(wal, 'b', 'c'), append(wal), append(wal, 'd')]);
  expect([wal.lastLsn, wal.durableLsn]).toEqual([4n, 4n]);
  const { walId } = wal;
  disk.crash('none');
  const again = await open();
  expect(await contents(again)).toEqual(['1:a', '2:bc', '3:', '4:d']);
  expect(await contents(again, 2n)).toEqual(['3:', '4:d']);
  expect([again.walId, again.lastLsn, again.repaired]).toEqual([walId, 4n, null]);
  await append(again, 'e');
  expect(await contents(again, 4n)).toEqual(['5:e']);
});

test('appends of one turn share one sync', async () => {
  const { open, metrics } = await world();
  const wal = await open();
  const before = metrics.read().get('wal_syncs') ?? 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => append(wal, `${i}`)));
  expect(metrics.read().get('wal_syncs')).toBe(before + 1);
  expect(await contents(wal)).toHaveLength(50);
});

test('slow disks are not waited for inline, fast ones are', async () => {
  for (const [inlineSyncMsMax, inlined] of [
    [0, 0],
    [0.5, 3],
  ] as const) {
    const { open, metrics } = await world();
    const wal = await open({ inlineSyncMsMax });
    for (const text of ['a', 'b', 'c']) await append(wal, text);
    expect(metrics.read().get('wal_syncs_inline') ?? 0).toBe(inlined);
    expect(await contents(wal)).toEqual(['1:a', '2:b', '3:c']);
  }
});

test('a record that is too long is refused and takes no number', async () => {
  const { open } = await world();
  const wal = await open();
  expect(() => wal.append([new Uint8Array(100_001)])).toThrow(expect.objectContaining({ sqlstate: '54000' }));
  await append(wal, 'a');
  expect(await contents(wal)).toEqual(['1:a']);
});

test('segments roll over; truncation deletes what is passed and nothing else', async () => {
  const { open, disk } = await world();
  const wal = await open();
  for (let i = 1; i <= 60; i++) await append(wal, `${i} ${'x'.repeat(100)}`);
  const names = async (): Promise<readonly string[]> =>
    (await disk.mount().list('data/wal')).map((entry) => entry.name.replace(/^0*/, ''));
  expect((await names()).length).toBeGreaterThan(4);
  await wal.truncate(30n);
  const left = await contents(wal);
  expect(left.at(-1)).toMatch(/^60:/);
  expect(Number(left[0]!.split(':')[0])).toBeLessThanOrEqual(31);
  expect(Number(left[0]!.split(':')[0])).toBeGreaterThan(10);
  await wal.truncate(60n);
  expect(await contents(wal)).toEqual([]);
  expect((await names()).length).toBe(1);
  await wal.close();
  const again = await open();
  expect(again.lastLsn).toBe(60n);
  await append(again, 'next');
  expect(await contents(again)).toEqual(['61:next']);
});

test('a full disk takes the group back and the log goes on, also over a power loss', async () => {
  for (const mode of ['none', 'all', 'prefix', 'random'] as const) {
    const { open, disk } = await world();
    const wal = await open({ onFatal: () => expect.unreachable() });
    await append(wal, 'kept');
    const partialBytes = 40 + 'first'.length + 20;
    disk.script([{ kind: 'write', effect: { error: 'ENOSPC', partialBytes, isWrittenBack: true } }]);
    const refused = await Promise.allSettled([append(wal, 'first'), append(wal, 'second')]);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: { sqlstate: '53100' } });
    disk.crash(mode);
    const again = await open();
    expect(await contents(again)).toEqual(['1:kept']);
    disk.script([{ kind: 'write', effect: { error: 'ENOSPC', partialBytes } }]);
    await expect(append(again, 'third')).rejects.toMatchObject({ sqlstate: '53100' });
    await append(again, 'fourth');
    disk.crash(mode);
    expect(await contents(await open())).toEqual(['1:kept', '3:fourth']);
  }
});

test('a full disk at roll-over refuses the group, and the next one rolls', async () => {
  const { open, disk } = await world();
  const wal = await open({ onFatal: () => expect.unreachable() });
  await append(wal, 'x'.repeat(2_500));
  disk.script([{ kind: 'write', path: '.new', effect: { error: 'ENOSPC', partialBytes: 10 } }]);
  await expect(append(wal, 'refused')).rejects.toMatchObject({ sqlstate: '53100' });
  await append(wal, 'accepted');
  disk.crash('none');
  expect((await contents(await open())).slice(1)).toEqual(['3:accepted']);
});

test('a mark that finds no room is no error', async () => {
  const { open, disk } = await world();
  const wal = await open({ onFatal: () => expect.unreachable() });
  disk.script([{ kind: 'write', nth: 2, effect: { error: 'ENOSPC', partialBytes: 7 } }]);
  await append(wal, 'a');
  await append(wal, 'b');
  disk.crash('none');
  expect(await contents(await open())).toEqual(['1:a', '2:b']);
});

test.each([
  ['sync', { kind: 'sync', path: '.wal', effect: { error: 'EIO' } }],
  ['write', { kind: 'write', path: '.wal', effect: { error: 'EIO', partialBytes: 5 } }],
] as const)('after a failed %s nothing is acknowledged any more, and onFatal runs once', async (_, fault) => {
  const { open, disk } = await world();
  let fatal = 0;
  const wal = await open({ onFatal: () => fatal++ });
  await append(wal, 'acked');
  disk.script([fault]);
  const outcomes = Promise.allSettled([append(wal, 'b'), append(wal, 'c')]);
  for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { sqlstate: '58030' } });
  expect(() => wal.append([])).toThrow(expect.objectContaining({ sqlstate: '58030' }));
  await expect(wal.sync()).rejects.toMatchObject({ sqlstate: '58030' });
  expect(fatal).toBe(1);
  disk.kill();
  const recovered = await contents(await open());
  expect(recovered[0]).toBe('1:acked');
  disk.crash('none');
  expect(await contents(await open())).toEqual(recovered);
});

test('what opening showed stays, though the sync before the crash had failed and dropped it', async () => {
  const { open, disk } = await world();
  const wal = await open();
  disk.script([{ kind: 'sync', effect: { error: 'EIO' } }]);
  await expect(append(wal, 'unknown')).rejects.toMatchObject({ sqlstate: '58030' });
  disk.kill();
  const again = await open();
  expect(await contents(again)).toEqual(['1:unknown']);
  await append(again, 'after');
  disk.crash('none');
  expect(await contents(await open())).toEqual(['1:unknown', '2:after']);
});

test('a mark before records whose sync failed is written again too: they are chained to it', async () => {
  const { open, disk } = await world();
  const wal = await open();
  // Segment header, frame, payload and mark fill the first sector: the mark is not in a sector of the record after it.
  await append(wal, 'x'.repeat(512 - 80 - 40 - 40));
  disk.script([{ kind: 'sync', effect: { error: 'EIO' } }]);
  await expect(append(wal, 'unknown')).rejects.toMatchObject({ sqlstate: '58030' });
  disk.kill();
  const again = await open();
  await append(again, 'after');
  const held = await contents(again);
  expect(held.slice(1)).toEqual(['2:unknown', '3:after']);
  disk.crash('none');
  expect(await contents(await open())).toEqual(held);
});

test('a new era has a new walId, goes on counting, and is remembered', async () => {
  const { open, disk } = await world();
  const wal = await open();
  await append(wal, 'a');
  const first = wal.walId;
  await wal.beginEra();
  expect(wal.walId).not.toBe(first);
  await append(wal, 'b');
  const eras = [
    { walId: first, lastLsn: 1n },
    { walId: wal.walId, lastLsn: 2n },
  ];
  expect(wal.eras).toEqual(eras);
  disk.crash('none');
  const again = await open();
  expect(again.eras).toEqual(eras);
  expect(await contents(again)).toEqual(['1:a', '2:b']);
});

test('the directory and the first segment are durable before anything is acknowledged', async () => {
  const { open, disk } = await world();
  await append(await open(), 'a');
  disk.crash('none');
  expect(await contents(await open())).toEqual(['1:a']);
  const fileSystem: FileSystem = disk.mount();
  expect((await fileSystem.list('data')).map((entry) => entry.name)).toEqual(['wal']);
});

test('a directory that was created by a killed process is made durable by the next', async () => {
  const { open, disk } = await world();
  disk.script([{ kind: 'sync-directory', effect: { error: 'EIO' } }]);
  await expect(open()).rejects.toMatchObject({ sqlstate: '58030' });
  disk.kill();
  await append(await open(), 'a');
  disk.crash('none');
  expect(await contents(await open())).toEqual(['1:a']);
});
