import { crc32 } from './checksum.ts';

/** Bytes of a frame before its payload. */
export const FRAME_HEADER_BYTES = 40;
export const FRAME_MAGIC = 0x464c524d;
const FORMAT_VERSION = 1;

/** `record`: a payload with its lsn. `mark`: nothing but the news that everything before it is on disk. */
export type FrameKind = 'record' | 'mark';
const KINDS: readonly (FrameKind | null)[] = [null, 'record', 'mark'];

/**
 * A frame, little-endian:
 *
 *   0  magic 'MRLF'       4  checksum: crc32(segment salt, bytes 8..40)
 *   8  payload length    12  kind (1 record, 2 mark)   13  format version (1)   14  zero
 *  16  lsn               24  the highest lsn that was on disk when this was written
 *  32  link: checksum of the frame before (of the segment header, for the first)
 *  36  crc32 of the payload                            40  payload
 *
 * The salt is random per segment, so that no payload can contain a frame. A frame's `durable` tells whether a damaged place before it was on
 * disk once, and so was promised to survive: what is above it was not.
 */
export interface FrameHeader {
  readonly kind: FrameKind;
  readonly length: number;
  readonly lsn: bigint;
  readonly durable: bigint;
  readonly link: number;
  readonly payloadChecksum: number;
  readonly checksum: number;
}

/** Writes the header into `target` (40 bytes) and gives its checksum, the next frame's link. */
export function encodeFrameHeader(target: Uint8Array, frame: Omit<FrameHeader, 'checksum'>, salt: Uint8Array): number {
  const view = new DataView(target.buffer, target.byteOffset, FRAME_HEADER_BYTES);
  view.setUint32(0, FRAME_MAGIC, true);
  view.setUint32(8, frame.length, true);
  view.setUint8(12, KINDS.indexOf(frame.kind));
  view.setUint8(13, FORMAT_VERSION);
  view.setUint16(14, 0, true);
  view.setBigUint64(16, frame.lsn, true);
  view.setBigUint64(24, frame.durable, true);
  view.setUint32(32, frame.link, true);
  view.setUint32(36, frame.payloadChecksum, true);
  const checksum = crc32(target.subarray(8, FRAME_HEADER_BYTES), crc32(salt));
  view.setUint32(4, checksum, true);
  return checksum;
}

/** null unless the 40 bytes are a header of this segment, bit for bit. */
export function decodeFrameHeader(bytes: Uint8Array, salt: Uint8Array): FrameHeader | null {
  if (bytes.byteLength < FRAME_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, FRAME_HEADER_BYTES);
  if (view.getUint32(0, true) !== FRAME_MAGIC) return null;
  const checksum = crc32(bytes.subarray(8, FRAME_HEADER_BYTES), crc32(salt));
  if (view.getUint32(4, true) !== checksum) return null;
  const kind = KINDS[view.getUint8(12)];
  if (!kind || view.getUint8(13) !== FORMAT_VERSION) return null;
  return {
    kind,
    length: view.getUint32(8, true),
    lsn: view.getBigUint64(16, true),
    durable: view.getBigUint64(24, true),
    link: view.getUint32(32, true),
    payloadChecksum: view.getUint32(36, true),
    checksum,
  };
}
