import { type Failpoints, type FileHandle, type FileSystem, failure } from '@millrace/core';
import { encodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from './segment-header.ts';
import type { WalEra } from './wal-options.ts';

/** A segment as the log remembers it. */
export interface Segment {
  readonly path: string;
  readonly header: SegmentHeader;
  /** The last lsn in it, or the previous segment's when it is empty. */
  lastLsn: bigint;
  sizeBytes: number;
}
/** A segment that is being written. */
export interface ActiveSegment extends Segment {
  readonly file: FileHandle;
  /** Checksum of the last frame, or of the header. */
  link: number;
}

const NAME = /^([0-9]{20})\.wal$/;
const DRAFT_SUFFIX = '.new';

/** `directory/00000000000000000007.wal`. */
export function segmentPath(directory: string, number: bigint): string {
  return `${directory}/${number.toString().padStart(20, '0')}.wal`;
}

/** The numbers of the segments that are there, ascending. Removes drafts that a crash left. Other names are none of its business. */
export async function listSegments(fileSystem: FileSystem, directory: string): Promise<readonly bigint[]> {
  const numbers: bigint[] = [];
  for (const { name } of await fileSystem.list(directory)) {
    if (name.endsWith(`.wal${DRAFT_SUFFIX}`)) await fileSystem.remove(`${directory}/${name}`);
    const match = NAME.exec(name);
    if (match !== null) numbers.push(BigInt(match[1]!));
  }
  numbers.forEach((number, index) => {
    if (index === 0 || number === numbers[index - 1]! + 1n) return;
    throw failure('dataCorrupted', {
      message: `write-ahead log segments ${numbers[index - 1]! + 1n} to ${number - 1n} are missing in ${directory}`,
    });
  });
  return numbers;
}

/**
 * Creates a segment: it appears under its name with its whole header, and its name is durable before anything is appended.
 * Rejects with the file system's error; what it had made by then is removed.
 */
export async function createSegment(
  fileSystem: FileSystem,
  directory: string,
  header: SegmentHeader,
  failpoints: Failpoints,
): Promise<ActiveSegment> {
  const path = segmentPath(directory, header.number);
  const draft = `${path}${DRAFT_SUFFIX}`;
  const { bytes, checksum } = encodeSegmentHeader(header);
  failpoints.hit('wal.segment.before-create');
  const file = await fileSystem.open(draft, 'append');
  try {
    await file.truncate(0);
    await file.write([bytes]);
    await file.sync();
    failpoints.hit('wal.segment.written');
    await fileSystem.rename(draft, path);
  } catch (error) {
    await file.close();
    await fileSystem.remove(draft).catch(() => {});
    throw error;
  }
  failpoints.hit('wal.segment.named');
  await fileSystem.syncDirectory(directory);
  failpoints.hit('wal.segment.durable');
  return { path, header, lastLsn: header.previousLastLsn, file, sizeBytes: SEGMENT_HEADER_BYTES, link: checksum };
}

/** The header of the segment after `previous`, of the same era unless another is given. */
export function nextHeader(
  previous: ActiveSegment,
  era: { readonly walId?: string; readonly epoch?: number },
  salt: Uint8Array,
): SegmentHeader {
  const { header, lastLsn, link } = previous;
  return {
    walId: era.walId ?? header.walId,
    number: header.number + 1n,
    epoch: era.epoch ?? header.epoch,
    link,
    firstLsn: lastLsn + 1n,
    previousLastLsn: lastLsn,
    salt,
  };
}

/** Removes a segment, durably. */
export async function removeSegment(
  fileSystem: FileSystem,
  directory: string,
  path: string,
  failpoints: Failpoints,
): Promise<void> {
  failpoints.hit('wal.truncate.before-remove');
  await fileSystem.remove(path);
  failpoints.hit('wal.truncate.after-remove');
  await fileSystem.syncDirectory(directory);
  failpoints.hit('wal.truncate.after-sync');
}

/** The eras of segments in a row, oldest first, each with its last lsn so far. */
export function erasOf(segments: readonly Segment[]): readonly WalEra[] {
  const eras = new Map<string, WalEra>();
  for (const { header, lastLsn } of segments) eras.set(header.walId, { walId: header.walId, lastLsn });
  return [...eras.values()];
}
