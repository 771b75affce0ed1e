import type { Wal } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';

/** A log to try: nothing in it at first, and never open twice. */
export interface WalSubject {
  /** Opens the log, again after `close` or `lose`. */
  open(): Promise<Wal>;
  /** A power loss: what was not synced may be gone, the opened log with it. Leave it out where it cannot be played. */
  lose?(): Promise<void> | void;
  /** The longest record it takes; leave it out if there is no bound that a test could reach. */
  readonly recordBytesMax?: number;
}

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
async function contents(wal: Wal, after = 0n): Promise<[bigint, string][]> {
  const records: [bigint, string][] = [];
  for await (const { lsn, payload } of wal.replay(after)) records.push([lsn, new TextDecoder().decode(payload)]);
  return records;
}
const write = (wal: Wal, ...chunks: string[]): Promise<void> => wal.append(chunks.map(bytes)).durable;

/**
 * The laws of `Wal` as tests.
 *
 *     walSuite('segmented', async () => { const disk = ...; return { open: () => openWal({ ... }), lose: () => disk.crash() }; });
 */
export function walSuite(name: string, create: () => Promise<WalSubject> | WalSubject, budget: SuiteBudget = {}): void {
  describe(`write-ahead log: ${name}`, () => {
    numbers(create);
    records(create);
    endings(create);
    it('loses nothing that was durable and invents nothing, whatever the order of calls', async () => {
      await assertProperty(budget, 40, fc.array(steps, { maxLength: 20 }), async (list) =>
        runModel(await create(), list),
      );
    });
  });
}

type Create = () => Promise<WalSubject> | WalSubject;

function numbers(create: Create): void {
  it('numbers records 1, 2, 3 in the order of calls, at once', async () => {
    const wal = await (await create()).open();
    expect([wal.lastLsn, wal.durableLsn]).toEqual([0n, 0n]);
    const appends = ['a', 'b', 'c'].map((text) => wal.append([bytes(text)]));
    expect(appends.map(({ lsn }) => lsn)).toEqual([1n, 2n, 3n]);
    expect(wal.lastLsn).toBe(3n);
    await Promise.all(appends.map(({ durable }) => durable));
    expect(wal.durableLsn).toBe(3n);
    await wal.close();
  });

  it('makes records durable in order', async () => {
    const wal = await (await create()).open();
    const order: bigint[] = [];
    const appends = Array.from({ length: 30 }, (_, i) => wal.append([bytes(`${i}`)]));
    await Promise.all(
      appends.map(async ({ lsn, durable }) => {
        await durable;
        expect(wal.durableLsn).toBeGreaterThanOrEqual(lsn);
        order.push(lsn);
      }),
    );
    expect(order).toEqual(Array.from({ length: 30 }, (_, i) => BigInt(i + 1)));
    await wal.close();
  });

  it('counts on after a restart, under the same id', async () => {
    const subject = await create();
    const wal = await subject.open();
    await write(wal, 'a');
    const { walId } = wal;
    await wal.close();
    const again = await subject.open();
    expect([again.walId, again.lastLsn, again.durableLsn]).toEqual([walId, 1n, 1n]);
    await write(again, 'b');
    expect(await contents(again)).toEqual([
      [1n, 'a'],
      [2n, 'b'],
    ]);
    await again.close();
  });

  it('never uses a number twice, also when everything before was truncated', async () => {
    const subject = await create();
    const wal = await subject.open();
    for (const text of ['a', 'b', 'c']) await write(wal, text);
    await wal.truncate(3n);
    await wal.close();
    const again = await subject.open();
    expect(again.lastLsn).toBe(3n);
    expect(again.append([bytes('d')]).lsn).toBe(4n);
    await again.sync();
    expect((await contents(again, 3n)).map(([lsn, text]) => [lsn, text])).toEqual([[4n, 'd']]);
    await again.close();
  });
}

function records(create: Create): void {
  it('gives records back byte for byte: chunks joined, empty ones, long ones', async () => {
    const subject = await create();
    const wal = await subject.open();
    const long = 'x'.repeat(Math.min(subject.recordBytesMax ?? 50_000, 50_000));
    await Promise.all([write(wal, 'a', '', 'b'), write(wal), write(wal, long), write(wal, '\0\u00ff😀')]);
    const expected: [bigint, string][] = [
      [1n, 'ab'],
      [2n, ''],
      [3n, long],
      [4n, '\0\u00ff😀'],
    ];
    expect(await contents(wal)).toEqual(expected);
    await wal.close();
    const again = await subject.open();
    expect(await contents(again)).toEqual(expected);
    await again.close();
  });

  it('replays what is above a number', async () => {
    const wal = await (await create()).open();
    for (const text of ['a', 'b', 'c']) await write(wal, text);
    expect(await contents(wal, 1n)).toEqual([
      [2n, 'b'],
      [3n, 'c'],
    ]);
    expect(await contents(wal, 3n)).toEqual([]);
    expect(await contents(wal, 9n)).toEqual([]);
    for await (const { lsn } of wal.replay(0n)) {
      expect(lsn).toBe(1n);
      break;
    }
    await wal.close();
  });

  it('keeps everything above a truncation', async () => {
    const subject = await create();
    const wal = await subject.open();
    for (let i = 1; i <= 40; i++) await write(wal, `${i} ${'x'.repeat(100)}`);
    let oldest = wal.oldestLsn;
    for (const upTo of [10n, 25n, 25n, 39n]) {
      await wal.truncate(upTo);
      expect(wal.oldestLsn).toBeGreaterThanOrEqual(oldest);
      oldest = wal.oldestLsn;
      expect(oldest).toBeLessThanOrEqual(upTo + 1n);
      expect((await contents(wal, upTo)).map(([lsn]) => lsn)).toEqual(
        Array.from({ length: 40 - Number(upTo) }, (_, i) => upTo + 1n + BigInt(i)),
      );
    }
    await wal.close();
    const again = await subject.open();
    expect((await contents(again)).at(-1)).toEqual([40n, `40 ${'x'.repeat(100)}`]);
    await again.close();
  });
}

function endings(create: Create): void {
  it('refuses a record that is too long (54000), which takes no number', async () => {
    const subject = await create();
    const wal = await subject.open();
    if (subject.recordBytesMax !== undefined) {
      const { recordBytesMax } = subject;
      expect(() => wal.append([new Uint8Array(recordBytesMax + 1)])).toThrow(
        expect.objectContaining({ sqlstate: '54000' }),
      );
    }
    await write(wal, 'a');
    expect(await contents(wal)).toEqual([[1n, 'a']]);
    await wal.close();
  });

  it('waits for all appends when asked to sync, and when closed', async () => {
    const subject = await create();
    const wal = await subject.open();
    const appends = ['a', 'b'].map((text) => wal.append([bytes(text)]));
    await wal.sync();
    expect(wal.durableLsn).toBe(2n);
    void wal.append([bytes('c')]).durable;
    await wal.close();
    await Promise.all(appends.map(({ durable }) => durable));
    const again = await subject.open();
    expect((await contents(again)).map(([, text]) => text)).toEqual(['a', 'b', 'c']);
    await again.close();
  });

  it('takes nothing after it was closed; closing twice is fine', async () => {
    const wal = await (await create()).open();
    await wal.close();
    await wal.close();
    await expect((async () => wal.append([bytes('late')]).durable)()).rejects.toBeDefined();
  });
}

type Step =
  | { readonly kind: 'append'; readonly texts: readonly string[]; readonly waits: boolean }
  | { readonly kind: 'truncate'; readonly back: number }
  | { readonly kind: 'restart' | 'lose' };
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      texts: fc.array(fc.string({ maxLength: 150 }), { minLength: 1, maxLength: 4 }),
      waits: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('truncate' as const), back: fc.nat({ max: 5 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'lose' as const) }) },
);

/** What a client may believe: every record it handed over, and which of them it knows to be durable. */
async function runModel(subject: WalSubject, list: readonly Step[]): Promise<void> {
  const written = new Map<bigint, string>();
  let acked = 0n;
  let truncated = 0n;
  let wal = await subject.open();
  const check = async (): Promise<void> => {
    const held = await contents(wal);
    for (const [lsn, text] of held) expect(text).toBe(written.get(lsn));
    const first = held[0]?.[0] ?? wal.lastLsn + 1n;
    expect(held.map(([lsn]) => lsn)).toEqual(held.map((_, i) => first + BigInt(i)));
    expect(first).toBeLessThanOrEqual(truncated + 1n);
    expect(wal.lastLsn).toBeGreaterThanOrEqual(acked);
    expect(held.at(-1)?.[0] ?? truncated).toBeGreaterThanOrEqual(acked > truncated ? acked : truncated);
  };
  for (const step of list) {
    if (step.kind === 'append') {
      const appends = step.texts.map((text) => ({ text, ...wal.append([bytes(text)]) }));
      for (const { lsn, text, durable } of appends) {
        written.set(lsn, text);
        // A power loss may come before it.
        durable.then(
          () => {
            acked = lsn > acked ? lsn : acked;
          },
          () => {},
        );
      }
      if (step.waits) await Promise.all(appends.map(({ durable }) => durable));
    } else if (step.kind === 'truncate') {
      await wal.sync();
      const upTo = wal.lastLsn - BigInt(step.back);
      if (upTo > truncated) {
        truncated = upTo;
        await wal.truncate(upTo);
      }
    } else {
      if (step.kind === 'lose' && subject.lose !== undefined) await subject.lose();
      else await wal.close();
      wal = await subject.open();
      for (const lsn of written.keys()) if (lsn > wal.lastLsn) written.delete(lsn);
    }
    if (step.kind !== 'append' || step.waits) await check();
  }
  await wal.close();
}
