import { createMetrics } from '@millrace/core';
import { SimDisk, type SimFault, seededRandom, simClock, simFailpoints } from '@millrace/testkit/sim';
import { expect, test } from 'vitest';
import { bytesOf, contents } from '../testing/wal-world.ts';
import { openWal } from './open-wal.ts';
import type { SegmentedWal } from './segmented-wal.ts';

/** What a client of the log may believe. */
interface Model {
  readonly acked: Map<bigint, string>;
  /** Lsns up to here were given up by `truncate`. */
  truncated: bigint;
  /** Rejected with 53100: must never be seen. */
  readonly refused: Set<string>;
}

const SEEDS = 150;
const LIVES = 6;

/** One world: several lives of the log, each ended by a kill or a power loss, at a random moment or a random operation. */
async function simulate(seed: number): Promise<void> {
  const random = seededRandom(seed);
  const disk = new SimDisk(random);
  const first = disk.mount();
  await first.makeDirectory('data');
  await first.syncDirectory('');
  const model: Model = { acked: new Map(), truncated: 0n, refused: new Set() };
  let shown: readonly string[] = [];
  for (let life = 0; life < LIVES; life++) {
    disk.script(randomFaults(random.integer(3), random.integer(40)));
    try {
      const wal = await openWal({
        fileSystem: disk.mount(),
        directory: 'data/wal',
        random,
        clock: simClock(),
        metrics: createMetrics(),
        limits: { walSegmentBytes: 400, walRecordBytesMax: 100_000 },
        inlineSyncMsMax: random.integer(2),
      });
      const held = await contents(wal);
      check(held, model, shown);
      shown = held;
      await work(wal, model, random);
    } catch (error) {
      if (!disk.isCrashed && !['58030', '53100'].includes((error as { sqlstate: string }).sqlstate)) throw error;
    }
    if (random.chance(0.4)) disk.kill();
    else if (!disk.isCrashed) disk.crash();
  }
}

function randomFaults(kind: number, nth: number): readonly SimFault[] {
  if (kind === 0) return [{ nth: nth + 5, effect: { crash: nth % 2 === 0 ? 'before' : 'after' } }];
  if (kind === 1)
    return [{ kind: 'write', nth, effect: { error: 'ENOSPC', partialBytes: nth * 3, isWrittenBack: nth % 2 === 0 } }];
  return [];
}

/** Writers that append without waiting for each other, and now and then a truncation. */
async function work(wal: SegmentedWal, model: Model, random: ReturnType<typeof seededRandom>): Promise<void> {
  for (let round = random.integer(8); round >= 0; round--) {
    const writes = Array.from({ length: 1 + random.integer(4) }, async () => {
      const text = `${random.uuid()} ${'y'.repeat(random.integer(600))}`;
      const { lsn, durable } = wal.append([bytesOf(text)]);
      try {
        await durable;
        model.acked.set(lsn, text);
      } catch (error) {
        if ((error as { sqlstate?: string }).sqlstate === '53100') model.refused.add(text);
        else throw error;
      }
    });
    // The last round is often cut off in the middle.
    if (round === 0 && random.chance(0.7)) {
      for (const write of writes) write.catch(() => {});
      for (let turn = random.integer(12); turn > 0; turn--) await Promise.resolve();
      return;
    }
    await Promise.all(writes);
    if (random.chance(0.2)) {
      model.truncated = wal.durableLsn;
      await wal.truncate(wal.durableLsn);
    }
  }
}

/** Every acknowledged record above the truncation is there, once, in order; nothing refused is; what was shown before is still there. */
function check(held: readonly string[], model: Model, shown: readonly string[]): void {
  const split = held.map(
    (line) => [BigInt(line.slice(0, line.indexOf(':'))), line.slice(line.indexOf(':') + 1)] as const,
  );
  const found = new Map(split);
  expect(found.size).toBe(held.length);
  expect([...found.keys()]).toEqual([...found.keys()].sort((a, b) => (a < b ? -1 : 1)));
  for (const [lsn, text] of model.acked) {
    if (lsn > model.truncated) expect(found.get(lsn)).toBe(text);
    else if (found.has(lsn)) expect(found.get(lsn)).toBe(text);
  }
  for (const text of found.values()) expect(model.refused.has(text)).toBe(false);
  for (const line of shown) {
    const lsn = BigInt(line.slice(0, line.indexOf(':')));
    if (lsn > model.truncated) expect(found.get(lsn)).toBe(line.slice(line.indexOf(':') + 1));
  }
}

test(`${SEEDS} worlds of ${LIVES} lives: what was acknowledged is there after every crash`, async () => {
  for (let seed = 0; seed < SEEDS; seed++) {
    await simulate(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    });
  }
});

const SETTINGS = { directory: 'wal', limits: { walSegmentBytes: 300, walRecordBytesMax: 1_000 } } as const;

/** Appends, rolls over and truncates; every step of the log is passed. */
async function sweep(
  disk: SimDisk,
  failpoints: ReturnType<typeof simFailpoints>,
  acked: string[],
): Promise<SegmentedWal> {
  const wal = await openWal({
    fileSystem: disk.mount(),
    ...SETTINGS,
    random: seededRandom(3),
    clock: simClock(),
    metrics: createMetrics(),
    failpoints,
  });
  for (let i = 0; i < 6; i++) {
    const text = `${i}${'z'.repeat(150)}`;
    const { lsn, durable } = wal.append([bytesOf(text)]);
    await durable;
    acked.push(`${lsn}:${text}`);
  }
  await wal.truncate(2n);
  return wal;
}

test('a crash at every hit of every step loses nothing, by kill or by power loss', async () => {
  const dry = simFailpoints(new SimDisk(seededRandom(1)));
  await sweep(new SimDisk(seededRandom(1)), dry, []);
  expect([...dry.hits.keys()].sort()).toEqual([
    'wal.append.after-sync',
    'wal.append.after-write',
    'wal.append.before-write',
    'wal.segment.before-create',
    'wal.segment.durable',
    'wal.segment.named',
    'wal.segment.written',
    'wal.truncate.after-remove',
    'wal.truncate.after-sync',
    'wal.truncate.before-remove',
  ]);
  for (const [name, hits] of dry.hits) {
    for (let hit = 1; hit <= hits; hit++) {
      for (const mode of ['kill', 'none', 'all', 'random'] as const) {
        const disk = new SimDisk(seededRandom(hit));
        const acked: string[] = [];
        await expect(sweep(disk, simFailpoints(disk, { name, hit, mode }), acked)).rejects.toThrow();
        const after = await openWal({
          fileSystem: disk.mount(),
          ...SETTINGS,
          random: seededRandom(4),
          clock: simClock(),
          metrics: createMetrics(),
        });
        const held = await contents(after);
        const isTruncating = name.startsWith('wal.truncate');
        const expected = isTruncating ? acked.filter((line) => Number(line.split(':')[0]) > 2) : acked;
        expect(held, `${name} ${hit} ${mode}`).toEqual(expect.arrayContaining(expected));
        // What is acknowledged by the next process rests on names and bytes that the dead one had not synced.
        const { lsn, durable } = after.append([bytesOf('later')]);
        await durable;
        disk.crash('none');
        const last = await openWal({
          ...SETTINGS,
          fileSystem: disk.mount(),
          random: seededRandom(5),
          clock: simClock(),
          metrics: createMetrics(),
        });
        expect(await contents(last), `${name} ${hit} ${mode}`).toEqual([...held, `${lsn}:later`]);
      }
    }
  }
});
