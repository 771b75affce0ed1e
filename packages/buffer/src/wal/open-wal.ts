import { type Failpoints, type FileSystem, failure, isDiskFull, NO_FAILPOINTS, systemErrorCode } from '@millrace/core';
import { FRAME_HEADER_BYTES } from './frame.ts';
import { type ReadFrame, type SegmentEnd, SegmentReader } from './read-segment.ts';
import { type ActiveSegment, createSegment, listSegments, type Segment, segmentPath } from './segment-files.ts';
import { SALT_BYTES, type SegmentHeader } from './segment-header.ts';
import { SegmentedWal } from './segmented-wal.ts';
import type { OpenedLog, WalOptions } from './wal-options.ts';

/**
 * Opens the log of a directory, or makes one with a new walId. What it finds is made durable before it returns: a record that a crash
 * left in the page cache only would otherwise be seen now and be gone, its number used again, after the next power loss.
 *
 * A torn end (of the last segment, with no sign that it was ever on disk) is cut off and reported in `repaired`. Everything else that is
 * not as it was written is XX001 with the range, and nothing is changed.
 */
export async function openWal(options: WalOptions): Promise<SegmentedWal> {
  const withFailpoints = { ...options, failpoints: options.failpoints ?? NO_FAILPOINTS };
  try {
    const opened = await findLog(withFailpoints);
    if (opened.repaired !== null) options.metrics.count('wal_tail_bytes_cut', opened.repaired.bytes);
    return new SegmentedWal(withFailpoints, opened);
  } catch (error) {
    throw openError(error, options.directory);
  }
}

async function findLog(options: Options): Promise<OpenedLog> {
  const { fileSystem, directory } = options;
  await ensureDirectory(fileSystem, directory);
  const numbers = await listSegments(fileSystem, directory);
  return numbers.length === 0 ? createLog(options) : openLog(options, numbers);
}

/** The operating system's refusals as errors of ours, in one line. */
function openError(error: unknown, directory: string): unknown {
  if (systemErrorCode(error) === undefined) return error;
  if (isDiskFull(error)) return failure('diskFull', { what: `the write-ahead log in ${directory}` }, { cause: error });
  return failure(
    'ioError',
    { message: `could not open the write-ahead log in ${directory}: ${(error as Error).message}` },
    { cause: error },
  );
}

/** Creates the directory; its name is durable when this resolves, whoever created it. */
async function ensureDirectory(fileSystem: FileSystem, directory: string): Promise<void> {
  try {
    await fileSystem.makeDirectory(directory);
  } catch (error) {
    if (systemErrorCode(error) !== 'EEXIST') throw error;
  }
  await fileSystem.syncDirectory(directory.replace(/\/?[^/]+\/?$/, '') || (directory.startsWith('/') ? '/' : '.'));
}

type Options = WalOptions & { readonly failpoints: Failpoints };

async function createLog({ fileSystem, directory, random, clock, failpoints }: Options): Promise<OpenedLog> {
  const start = clock.monotonicMs();
  const header: SegmentHeader = {
    walId: random.uuid(),
    number: 1n,
    epoch: 1,
    link: 0,
    firstLsn: 1n,
    previousLastLsn: 0n,
    salt: random.bytes(SALT_BYTES),
  };
  const active = await createSegment(fileSystem, directory, header, failpoints);
  return { segments: [], active, syncCostMs: (clock.monotonicMs() - start) / 2, repaired: null };
}

async function openLog(options: Options, numbers: readonly bigint[]): Promise<OpenedLog> {
  const { fileSystem, directory } = options;
  const headers: SegmentHeader[] = [];
  const sizes: number[] = [];
  for (const number of numbers) {
    const { header, size } = await readHeader(fileSystem, segmentPath(directory, number), number);
    headers.push(header);
    sizes.push(size);
  }
  checkChain(headers, directory);
  const segments = headers.slice(0, -1).map(
    (header, index): Segment => ({
      path: segmentPath(directory, header.number),
      header,
      lastLsn: headers[index + 1]!.previousLastLsn,
      sizeBytes: sizes[index]!,
    }),
  );
  return { segments, ...(await openLast(options, segmentPath(directory, numbers.at(-1)!))) };
}

async function readHeader(
  fileSystem: FileSystem,
  path: string,
  number: bigint,
): Promise<{ readonly header: SegmentHeader; readonly size: number }> {
  const reader = await SegmentReader.open(fileSystem, path);
  await reader.close();
  if (reader.header.number === number) return { header: reader.header, size: reader.size };
  throw failure('dataCorrupted', { message: `${path} holds write-ahead log segment ${reader.header.number}` });
}

/** One directory's segments: epochs never fall, a walId changes only with its epoch, lsns never fall. */
function checkChain(headers: readonly SegmentHeader[], directory: string): void {
  headers.forEach((header, index) => {
    const previous = headers[index - 1];
    if (previous === undefined) return;
    const isSameEra = header.epoch === previous.epoch && header.walId === previous.walId;
    const isNextEra = header.epoch === previous.epoch + 1 && header.walId !== previous.walId;
    if ((isSameEra || isNextEra) && header.previousLastLsn >= previous.previousLastLsn) return;
    throw failure('dataCorrupted', {
      message: `write-ahead log segment ${header.number} in ${directory} does not continue segment ${previous.number}`,
    });
  });
}

/** Reads the last segment to its end, makes it durable, and opens it for appending. */
async function openLast(options: Options, path: string): Promise<Omit<OpenedLog, 'segments'>> {
  const { fileSystem, directory, clock, failpoints } = options;
  const { header, end, unconfirmed } = await scan(fileSystem, path);
  const file = await fileSystem.open(path, 'read-write');
  let syncCostMs: number;
  try {
    // Written again, not only synced: after a failed fsync the kernel may hold pages that it believes to be on disk.
    for (const frame of unconfirmed) {
      const whole = await file.read(frame.offset, FRAME_HEADER_BYTES + frame.length);
      await file.writeAt(frame.offset, whole);
    }
    failpoints.hit('wal.open.before-repair');
    if (end.isTorn) await file.truncate(end.offset);
    const start = clock.monotonicMs();
    await file.sync();
    syncCostMs = clock.monotonicMs() - start;
  } finally {
    await file.close();
  }
  await fileSystem.syncDirectory(directory);
  failpoints.hit('wal.open.after-repair');
  const active: ActiveSegment = {
    path,
    header,
    lastLsn: end.lastLsn,
    file: await fileSystem.open(path, 'append'),
    sizeBytes: end.offset,
    link: end.link,
  };
  const repaired = end.isTorn ? { path, offset: end.offset, bytes: end.fileSize - end.offset } : null;
  return { active, syncCostMs, repaired };
}

interface Scan {
  readonly header: SegmentHeader;
  readonly end: SegmentEnd;
  /** Frames that no later frame says to be on disk. */
  readonly unconfirmed: readonly { readonly offset: number; readonly length: number }[];
}

async function scan(fileSystem: FileSystem, path: string): Promise<Scan> {
  const reader = await SegmentReader.open(fileSystem, path);
  try {
    let unconfirmed: { confirmedBy: bigint; offset: number; length: number }[] = [];
    for (let frame: ReadFrame | null = await reader.next(); frame !== null; frame = await reader.next()) {
      const { kind, lsn, durable, length } = frame.header;
      if (unconfirmed.length > 0 && unconfirmed[0]!.confirmedBy <= durable) {
        unconfirmed = unconfirmed.filter((earlier) => earlier.confirmedBy > durable);
      }
      // A mark is written after the sync that it tells of; only the next group's sync makes it durable.
      unconfirmed.push({ confirmedBy: kind === 'mark' ? lsn + 1n : lsn, offset: frame.offset, length });
    }
    return { header: reader.header, end: await reader.end(), unconfirmed };
  } finally {
    await reader.close();
  }
}
