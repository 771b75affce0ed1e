import { type FileHandle, type FileSystem, failure } from '@millrace/core';
import { crc32 } from './checksum.ts';
import { decodeFrameHeader, FRAME_HEADER_BYTES, FRAME_MAGIC, type FrameHeader } from './frame.ts';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentHeader } from './segment-header.ts';

/** A whole, undamaged frame that continues the chain. */
export interface ReadFrame {
  readonly header: FrameHeader;
  readonly offset: number;
  readonly payload: Uint8Array;
}
/** Where the chain of frames ends. `isTorn`: bytes follow that are no frame, and nothing says that they ever were acknowledged. */
export interface SegmentEnd {
  readonly offset: number;
  readonly fileSize: number;
  readonly isTorn: boolean;
  readonly lastLsn: bigint;
  readonly link: number;
  /** The highest lsn that some frame says was on disk. */
  readonly durableLsn: bigint;
}

const WINDOW_BYTES = 1024 * 1024;

/** Reads a segment from its header to its end, in order, in windows; a payload is read as a whole. */
export class SegmentReader {
  readonly header: SegmentHeader;
  readonly path: string;
  readonly #file: FileHandle;
  #size: number;
  #window: Uint8Array = new Uint8Array(0);
  #windowStart = 0;
  #offset = SEGMENT_HEADER_BYTES;
  #link: number;
  #lastLsn: bigint;
  #durableLsn: bigint;

  private constructor(path: string, file: FileHandle, size: number, header: SegmentHeader, checksum: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
    this.header = header;
    this.#link = checksum;
    this.#lastLsn = header.previousLastLsn;
    this.#durableLsn = header.previousLastLsn;
  }

  static async open(fileSystem: FileSystem, path: string): Promise<SegmentReader> {
    const file = await fileSystem.open(path, 'read');
    try {
      const size = await file.size();
      const { header, checksum } = decodeSegmentHeader(await file.read(0, SEGMENT_HEADER_BYTES), path);
      return new SegmentReader(path, file, size, header, checksum);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get size(): number {
    return this.#size;
  }

  /** The segment was written to since: sees what is there now behind what was read. */
  async refresh(): Promise<void> {
    this.#size = await this.#file.size();
    this.#window = new Uint8Array(0);
  }

  /** The next frame, or null where the chain ends (see `end`). */
  async next(): Promise<ReadFrame | null> {
    const header = decodeFrameHeader(await this.#bytes(this.#offset, FRAME_HEADER_BYTES), this.header.salt);
    if (header === null || header.link !== this.#link) return null;
    const bodyOffset = this.#offset + FRAME_HEADER_BYTES;
    if (bodyOffset + header.length > this.#size) return null;
    const payload = await this.#bytes(bodyOffset, header.length);
    if (crc32(payload) !== header.payloadChecksum) return null;
    const frame = { header, offset: this.#offset, payload };
    this.#offset = bodyOffset + header.length;
    this.#link = header.checksum;
    this.#lastLsn = header.lsn;
    if (header.durable > this.#durableLsn) this.#durableLsn = header.durable;
    return frame;
  }

  /**
   * After `next` gave null. XX001 with the exact range when a frame behind the damage says that the damaged place was on disk: then it was
   * acknowledged, and skipping it would lose rows in silence.
   */
  async end(): Promise<SegmentEnd> {
    const isTorn = this.#offset < this.#size;
    if (isTorn) {
      const witness = await this.#witness();
      if (witness !== null) throw this.damage(witness.offset, `before lsn ${witness.header.lsn}`);
    }
    return {
      offset: this.#offset,
      fileSize: this.#size,
      isTorn,
      lastLsn: this.#lastLsn,
      link: this.#link,
      durableLsn: this.#durableLsn,
    };
  }

  /** XX001: the records after the last good one are unreadable. */
  damage(endOffset: number, until: string): Error {
    return failure('dataCorrupted', {
      message: `write-ahead log segment ${this.path} is damaged at bytes ${this.#offset} to ${endOffset}: acknowledged records after lsn ${this.#lastLsn} and ${until} cannot be read`,
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** The first readable frame header behind the damage that was written when later records than our last were on disk. */
  async #witness(): Promise<{ readonly header: FrameHeader; readonly offset: number } | null> {
    for (let start = this.#offset; start < this.#size; start += WINDOW_BYTES) {
      const bytes = await this.#file.read(start, WINDOW_BYTES + FRAME_HEADER_BYTES - 1);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const last = Math.min(WINDOW_BYTES - 1, bytes.byteLength - FRAME_HEADER_BYTES);
      for (let at = 0; at <= last; at++) {
        if (view.getUint32(at, true) !== FRAME_MAGIC) continue;
        const header = decodeFrameHeader(bytes.subarray(at, at + FRAME_HEADER_BYTES), this.header.salt);
        if (header !== null && header.durable > this.#lastLsn) return { header, offset: start + at };
      }
    }
    return null;
  }

  async #bytes(position: number, length: number): Promise<Uint8Array> {
    const inWindow = position - this.#windowStart;
    if (inWindow >= 0 && inWindow + length <= this.#window.byteLength) {
      return this.#window.subarray(inWindow, inWindow + length);
    }
    if (length > WINDOW_BYTES) return this.#file.read(position, length);
    this.#window = await this.#file.read(position, Math.min(WINDOW_BYTES, Math.max(0, this.#size - position)));
    this.#windowStart = position;
    return this.#window.subarray(0, length);
  }
}
