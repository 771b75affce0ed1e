import { expect, test } from 'vitest';
import { bytesOf, contents, walWorld, withDataDirectory } from '../testing/wal-world.ts';
import type { SegmentedWal } from './segmented-wal.ts';

const RECORDS = ['alpha', 'beta', '', 'gamma '.repeat(20), 'delta'];
const EXPECTED = RECORDS.map((text, index) => `${index + 1}:${text}`);

/** The log's files after the records, each in a group of its own; `roll` = every record starts a new segment. */
async function written(roll: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const world = await withDataDirectory(walWorld());
  const wal = await world.open(roll ? { limits: { walSegmentBytes: 81, walRecordBytesMax: 1_000 } } : {});
  for (const text of RECORDS) await wal.append([bytesOf(text)]).durable;
  await wal.close();
  const fileSystem = world.disk.mount();
  const files = new Map<string, Uint8Array>();
  for (const { name } of await fileSystem.list('data/wal'))
    files.set(name, await fileSystem.readFile(`data/wal/${name}`));
  return files;
}

/** Opens a log that consists of the files; gives what it holds, or the SQLSTATE of the refusal. */
async function reopened(
  files: ReadonlyMap<string, Uint8Array>,
): Promise<{ held: readonly string[]; wal: SegmentedWal } | string> {
  const world = await withDataDirectory(walWorld());
  const fileSystem = world.disk.mount();
  await fileSystem.makeDirectory('data/wal');
  for (const [name, bytes] of files) await (await fileSystem.open(`data/wal/${name}`, 'create-new')).write([bytes]);
  try {
    const wal = await world.open();
    const held = await contents(wal);
    await wal.append([bytesOf('more')]).durable;
    expect(await contents(wal)).toEqual([...held, `${wal.lastLsn}:more`]);
    return { held, wal };
  } catch (error) {
    return (error as { sqlstate?: string }).sqlstate ?? String(error);
  }
}

function only(files: ReadonlyMap<string, Uint8Array>): [string, Uint8Array] {
  expect(files.size).toBe(1);
  return [...files][0]!;
}

test('cut at every byte: earlier records are all there, the torn one is not, and the cut is reported', async () => {
  const [name, bytes] = only(await written(false));
  let reports = 0;
  for (let size = 80; size < bytes.byteLength; size++) {
    const result = await reopened(new Map([[name, bytes.subarray(0, size)]]));
    if (typeof result === 'string') return expect.unreachable(`cut at ${size}: ${result}`);
    expect(EXPECTED.slice(0, result.held.length)).toEqual(result.held);
    if (result.wal.repaired !== null) {
      reports++;
      expect(result.wal.repaired.offset + result.wal.repaired.bytes).toBe(size);
    }
  }
  expect(reports).toBeGreaterThan(bytes.byteLength / 2);
});

test('every flipped bit is refused or harmless, never a silent loss', async () => {
  const [name, bytes] = only(await written(false));
  const outcomes = { refused: 0, harmless: 0 };
  for (let at = 0; at < bytes.byteLength; at++) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << (at % 8);
    const result = await reopened(new Map([[name, flipped]]));
    if (typeof result === 'string') {
      expect(result).toBe('XX001');
      outcomes.refused++;
    } else {
      expect(result.held).toEqual(EXPECTED);
      outcomes.harmless++;
    }
  }
  // Harmless are the 40 bytes of the last mark and nothing else.
  expect(outcomes).toEqual({ refused: bytes.byteLength - 40, harmless: 40 });
});

test('zeroed, repeated and swapped blocks are refused', async () => {
  const [name, bytes] = only(await written(false));
  for (let at = 80; at + 64 < bytes.byteLength - 40; at += 16) {
    const zeroed = bytes.slice();
    zeroed.fill(0, at, at + 32);
    const repeated = bytes.slice();
    repeated.copyWithin(at, at + 32, at + 64);
    const swapped = bytes.slice();
    swapped.set(bytes.subarray(at, at + 32), at + 32);
    swapped.set(bytes.subarray(at + 32, at + 64), at);
    for (const damaged of [zeroed, repeated, swapped]) {
      if (damaged.every((byte, index) => byte === bytes[index])) continue;
      expect(await reopened(new Map([[name, damaged]])), `at ${at}`).toBe('XX001');
    }
  }
});

/** Where the frames of the only segment start, the end last: after the header, a record and a mark in turn. */
function frameOffsets(): readonly number[] {
  const offsets = [80];
  for (const text of RECORDS) offsets.push(offsets.at(-1)! + 40 + text.length, offsets.at(-1)! + 80 + text.length);
  return offsets;
}

test('whole frames that are cut out, repeated or swapped are refused: each is chained to the one before', async () => {
  const [name, bytes] = only(await written(false));
  const offsets = frameOffsets();
  expect(offsets.at(-1)).toBe(bytes.byteLength);
  const frames = offsets.slice(0, -1).map((start, index) => bytes.subarray(start, offsets[index + 1]));
  for (let index = 0; index < frames.length - 2; index++) {
    const cutOut = frames.toSpliced(index, 1);
    const repeated = frames.toSpliced(index, 0, frames[index]!);
    const swapped = frames.toSpliced(index, 2, frames[index + 1]!, frames[index]!);
    for (const damaged of [cutOut, repeated, swapped]) {
      const file = Buffer.concat([bytes.subarray(0, 80), ...damaged]);
      expect(await reopened(new Map([[name, file]])), `frame ${index}`).toBe('XX001');
    }
  }
});

test('zeros after the end are a torn end', async () => {
  const [name, bytes] = only(await written(false));
  const padded = new Uint8Array(bytes.byteLength + 5_000);
  padded.set(bytes);
  const result = await reopened(new Map([[name, padded]]));
  expect(result).toMatchObject({ held: EXPECTED, wal: { repaired: { bytes: 5_000 } } });
});

test('every flipped bit of every segment but the last mark is refused', async () => {
  const files = await written(true);
  expect(files.size).toBe(RECORDS.length);
  const last = [...files.keys()].at(-1)!;
  for (const [name, bytes] of files) {
    for (let at = 0; at < bytes.byteLength; at += 3) {
      const flipped = bytes.slice();
      flipped[at]! ^= 0x10;
      const result = await reopened(new Map([...files, [name, flipped]]));
      if (typeof result === 'string') expect(result).toBe('XX001');
      else {
        expect(result.held).toEqual(EXPECTED);
        expect(name === last && at >= bytes.byteLength - 40).toBe(true);
      }
    }
  }
});

test('missing, empty, foreign, renumbered and shortened segments are refused; an empty newest one is normal', async () => {
  const files = await written(true);
  const names = [...files.keys()];
  const without = (name: string): Map<string, Uint8Array> => new Map([...files].filter(([key]) => key !== name));
  expect(await reopened(without(names[2]!))).toBe('XX001');
  expect(await reopened(new Map([...files, [names[2]!, new Uint8Array(0)]]))).toBe('XX001');
  const foreign = await withDataDirectory(walWorld(99));
  const other = await foreign.open();
  for (const text of RECORDS) await other.append([bytesOf(text)]).durable;
  const foreignBytes = await foreign.disk.mount().readFile(`data/wal/${names[0]}`);
  expect(await reopened(new Map([...files, [names[0]!, foreignBytes]]))).toBe('XX001');
  expect(await reopened(new Map([...files, [names[2]!, files.get(names[1]!)!]]))).toBe('XX001');
  const whole = files.get(names[1]!)!;
  for (const size of [whole.byteLength - 40, 80]) {
    expect(await reopened(new Map([...files, [names[1]!, whole.subarray(0, size)]]))).toBe('XX001');
  }
  const emptied = new Map([...files, [names.at(-1)!, files.get(names.at(-1)!)!.subarray(0, 80)]]);
  expect(await reopened(emptied)).toMatchObject({ held: EXPECTED.slice(0, -1) });
});
