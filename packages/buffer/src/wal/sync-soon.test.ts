import { simClock } from '@millrace/testkit/sim';
import { expect, test } from 'vitest';
import { bytesOf, contents, walWorld, withDataDirectory } from '../testing/wal-world.ts';
import { LogTail } from './log-tail.ts';
import type { SegmentedWal } from './segmented-wal.ts';
import type { WalOptions } from './wal-options.ts';

async function opened(options: Partial<WalOptions> = {}) {
  const world = await withDataDirectory(walWorld());
  const clock = simClock();
  const wal = await world.open({ clock, ...options });
  const syncs = (): number => world.metrics.read().get('wal_syncs') ?? 0;
  return { ...world, clock, wal, syncs };
}
const soon = (wal: SegmentedWal, text: string) => wal.append([bytesOf(text)], { sync: 'soon' });
const now = (wal: SegmentedWal, text: string) => wal.append([bytesOf(text)]);

test('a record that nobody waits for is written at once and synced a bounded time later, together with those after it', async () => {
  const { wal, clock, syncs, disk, open } = await opened({ syncSoonMsMax: 50 });
  const first = soon(wal, 'a');
  await first.written;
  await soon(wal, 'b').written;
  expect([syncs(), wal.durableLsn, await contents(wal)]).toEqual([0, 0n, ['1:a', '2:b']]);
  await clock.advance(49);
  expect(syncs()).toBe(0);
  await clock.advance(1);
  await first.durable;
  expect([syncs(), wal.durableLsn]).toEqual([1, 2n]);
  disk.crash('none');
  expect(await contents(await open())).toEqual(['1:a', '2:b']);
});

test('the end of the process loses nothing that is written; a power loss may', async () => {
  for (const [end, left] of [
    ['kill', ['1:a']],
    ['crash', []],
  ] as const) {
    const { wal, disk, open } = await opened();
    await soon(wal, 'a').written;
    if (end === 'kill') disk.kill();
    else disk.crash('none');
    expect(await contents(await open())).toEqual(left);
  }
});

test.each(['a record that waits', 'sync', 'close', 'many bytes', 'a new segment'])(
  '%s syncs what was before it',
  async (what) => {
    const { wal, disk, open, syncs } = await opened({ syncSoonBytesMax: 500 });
    const early = soon(wal, 'early');
    await early.written;
    if (what === 'a record that waits') await now(wal, 'x').durable;
    if (what === 'sync') await wal.sync();
    if (what === 'close') await wal.close();
    if (what === 'many bytes') await soon(wal, 'x'.repeat(500)).written;
    if (what === 'a new segment') await wal.beginEra();
    await early.durable;
    if (what !== 'a new segment') expect(syncs()).toBe(1);
    disk.crash('none');
    expect((await contents(await open()))[0]).toBe('1:early');
  },
);

test('after a sync that failed nothing is promised any more, of what was written either', async () => {
  const { wal, disk } = await opened();
  const early = soon(wal, 'early');
  await early.written;
  disk.script([{ kind: 'sync', effect: { error: 'EIO' } }]);
  const late = now(wal, 'late');
  await expect(late.durable).rejects.toMatchObject({ sqlstate: '58030' });
  await expect(early.durable).rejects.toMatchObject({ sqlstate: '58030' });
  expect(() => soon(wal, 'more')).toThrow(expect.objectContaining({ sqlstate: '58030' }));
});

/** All steps up to what is durable now. */
async function stepsOf(tail: LogTail, wal: SegmentedWal): Promise<readonly string[]> {
  const steps: string[] = [];
  for (let step = await tail.next(wal.durableLsn); step !== null; step = await tail.next(wal.durableLsn)) {
    steps.push(
      step.kind === 'gap'
        ? `gap to ${step.lsn}`
        : `${step.record.lsn}:${new TextDecoder().decode(step.record.payload)}`,
    );
  }
  return steps;
}

test('a tail reads what becomes durable, from segment to segment, and says what is gone', async () => {
  const { wal, disk, open } = await opened();
  const fileSystem = disk.mount();
  const tail = new LogTail(fileSystem, wal, 0n);
  expect(await stepsOf(tail, wal)).toEqual([]);
  await now(wal, 'a').durable;
  await soon(wal, 'b').written;
  expect(await stepsOf(tail, wal)).toEqual(['1:a']);
  await wal.sync();
  const long = 'x'.repeat(1_500);
  for (let i = 3; i <= 6; i++) await now(wal, long).durable;
  expect(await stepsOf(tail, wal)).toEqual(['2:b', ...[3, 4, 5, 6].map((lsn) => `${lsn}:${long}`)]);
  const late = new LogTail(fileSystem, wal, 1n);
  await wal.truncate(4n);
  expect(wal.oldestLsn).toBeGreaterThan(3n);
  const steps = await stepsOf(late, wal);
  expect(steps[0]).toBe(`gap to ${wal.oldestLsn - 1n}`);
  expect(steps.at(-1)).toBe(`6:${long}`);
  await Promise.all([tail.close(), late.close()]);
  await wal.close();
  await (await open()).close();
});

test('a tail never gives a record that was taken back', async () => {
  const { wal, disk } = await opened();
  const fileSystem = disk.mount();
  const tail = new LogTail(fileSystem, wal, 0n);
  await now(wal, 'a').durable;
  expect(await stepsOf(tail, wal)).toEqual(['1:a']);
  disk.script([{ kind: 'write', effect: { error: 'ENOSPC', partialBytes: 30 } }]);
  await expect(now(wal, 'refused').written).rejects.toMatchObject({ sqlstate: '53100' });
  disk.script([]);
  await now(wal, 'b').durable;
  expect((await stepsOf(tail, wal)).map((step) => step.slice(2))).toEqual(['b']);
});
