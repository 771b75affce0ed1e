import { failure } from '@millrace/core';
import { crc32 } from './checksum.ts';

/** Bytes before a segment's first frame. */
export const SEGMENT_HEADER_BYTES = 80;
const MAGIC = new TextEncoder().encode('MILLWAL1');
const FORMAT_VERSION = 1;
/** Bytes of a segment's salt: random, so that frames of an older file at the same place never check out. */
export const SALT_BYTES = 12;

/**
 * The first bytes of a segment, little-endian:
 *
 *   0  magic 'MILLWAL1'    8  format version (1)   12  checksum: crc32 of bytes 16..80
 *  16  walId (16 bytes)   32  segment number       40  epoch (counts walIds of this directory)
 *  44  link: checksum of the previous segment's last frame, or of its header if it had none; 0 for the first
 *  48  first lsn this segment may hold             56  last lsn of the previous segment
 *  64  salt (12 bytes)    76  zero
 *
 * Number, link and last lsn chain the segments: a missing, foreign or shortened one is noticed.
 */
export interface SegmentHeader {
  readonly walId: string;
  readonly number: bigint;
  readonly epoch: number;
  readonly link: number;
  readonly firstLsn: bigint;
  readonly previousLastLsn: bigint;
  readonly salt: Uint8Array;
}

/** The header's bytes and its checksum, the first frame's link. */
export function encodeSegmentHeader(header: SegmentHeader): { readonly bytes: Uint8Array; readonly checksum: number } {
  const bytes = new Uint8Array(SEGMENT_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  view.setUint32(8, FORMAT_VERSION, true);
  bytes.set(uuidBytes(header.walId), 16);
  view.setBigUint64(32, header.number, true);
  view.setUint32(40, header.epoch, true);
  view.setUint32(44, header.link, true);
  view.setBigUint64(48, header.firstLsn, true);
  view.setBigUint64(56, header.previousLastLsn, true);
  bytes.set(header.salt, 64);
  const checksum = crc32(bytes.subarray(16));
  view.setUint32(12, checksum, true);
  return { bytes, checksum };
}

/** XX001 unless the bytes are a whole header of a known format. */
export function decodeSegmentHeader(
  bytes: Uint8Array,
  path: string,
): { readonly header: SegmentHeader; readonly checksum: number } {
  const damaged = (what: string): Error =>
    failure('dataCorrupted', {
      message: `write-ahead log segment ${path} ${what} (bytes 0 to ${SEGMENT_HEADER_BYTES})`,
    });
  if (bytes.byteLength < SEGMENT_HEADER_BYTES) throw damaged('has no whole header');
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) throw damaged('is not a write-ahead log segment');
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const version = view.getUint32(8, true);
  const checksum = crc32(bytes.subarray(16, SEGMENT_HEADER_BYTES));
  if (view.getUint32(12, true) !== checksum) throw damaged('has a damaged header');
  if (version !== FORMAT_VERSION) throw damaged(`has format version ${version}; this server reads ${FORMAT_VERSION}`);
  return {
    checksum,
    header: {
      walId: uuidText(bytes.subarray(16, 32)),
      number: view.getBigUint64(32, true),
      epoch: view.getUint32(40, true),
      link: view.getUint32(44, true),
      firstLsn: view.getBigUint64(48, true),
      previousLastLsn: view.getBigUint64(56, true),
      salt: bytes.slice(64, 64 + SALT_BYTES),
    },
  };
}

function uuidBytes(uuid: string): Uint8Array {
  const hex = uuid.replaceAll('-', '');
  return Uint8Array.from({ length: 16 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function uuidText(bytes: Uint8Array): string {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
