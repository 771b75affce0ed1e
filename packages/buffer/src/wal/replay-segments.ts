import type { FileSystem, WalRecord } from '@millrace/core';
import { SegmentReader } from './read-segment.ts';
import type { Segment } from './segment-files.ts';

/**
 * The records with lsn > after of segments in a row. XX001 when one that is not the last does not end where the next one says it does: it was
 * whole when the next one was created.
 */
export async function* replaySegments(
  fileSystem: FileSystem,
  segments: readonly Segment[],
  after: bigint,
): AsyncGenerator<WalRecord, void, void> {
  for (const [index, segment] of segments.entries()) {
    if (segment.lastLsn <= after) continue;
    const reader = await SegmentReader.open(fileSystem, segment.path);
    try {
      for (let frame = await reader.next(); frame !== null; frame = await reader.next()) {
        const { kind, lsn } = frame.header;
        if (kind === 'record' && lsn > after) yield { lsn, payload: frame.payload };
      }
      const next = segments[index + 1];
      if (next === undefined) continue;
      const end = await reader.end();
      if (end.isTorn || end.link !== next.header.link || end.lastLsn !== next.header.previousLastLsn) {
        throw reader.damage(end.fileSize, `up to ${next.header.previousLastLsn}`);
      }
    } finally {
      await reader.close();
    }
  }
}
