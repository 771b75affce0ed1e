import { type FileSystem, failure, isDiskFull, systemErrorCode } from '@millrace/core';
import { crc32 } from '../wal/checksum.ts';

/** Where a follower stands: it has seen everything up to `lsn`, which was given out under `walId`. */
export interface FollowerPosition {
  readonly walId: string;
  readonly lsn: bigint;
}

/**
 * A follower's position, in a small file beside the log's segments: `directory/<name>.cursor`, checksum, walId and lsn as text. Law: replaced as a
 * whole, and on disk when `save` resolves; a power loss leaves the old one or the new one.
 */
export class FollowerCursor {
  readonly #fileSystem: FileSystem;
  readonly #directory: string;
  readonly #path: string;

  constructor(fileSystem: FileSystem, directory: string, name: string) {
    this.#fileSystem = fileSystem;
    this.#directory = directory;
    this.#path = `${directory}/${encodeURIComponent(name)}.cursor`;
  }

  /** 'none' if there is no file, 'damaged' if it is not what `save` writes. */
  async load(): Promise<FollowerPosition | 'none' | 'damaged'> {
    let text: string;
    try {
      text = new TextDecoder().decode(await this.#fileSystem.readFile(this.#path));
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return 'none';
      throw this.#cannot('read', error);
    }
    const [, checksum, body = '', walId = '', lsn = ''] =
      /^([0-9a-f]{8}) (([0-9a-f-]{36}) ([0-9]{1,19}))\n$/.exec(text) ?? [];
    return checksum === checksumOf(body) ? { walId, lsn: BigInt(lsn) } : 'damaged';
  }

  /** Rejects with 53100 or 58030; the position is the old one or this one then. */
  async save(position: FollowerPosition): Promise<void> {
    try {
      await this.#replace(position);
    } catch (error) {
      throw this.#cannot('write', error);
    }
  }

  async #replace({ walId, lsn }: FollowerPosition): Promise<void> {
    const body = `${walId} ${lsn}`;
    const draft = `${this.#path}.new`;
    const file = await this.#fileSystem.open(draft, 'append');
    try {
      await file.truncate(0);
      await file.write([new TextEncoder().encode(`${checksumOf(body)} ${body}\n`)]);
      await file.sync();
    } finally {
      await file.close();
    }
    await this.#fileSystem.rename(draft, this.#path);
    await this.#fileSystem.syncDirectory(this.#directory);
  }

  /** The operating system's refusals as errors of ours. */
  #cannot(what: 'read' | 'write', cause: unknown): unknown {
    if (systemErrorCode(cause) === undefined) return cause;
    if (isDiskFull(cause)) return failure('diskFull', { what: this.#path }, { cause });
    return failure('ioError', { message: `could not ${what} ${this.#path}: ${(cause as Error).message}` }, { cause });
  }
}

function checksumOf(body: string): string {
  return crc32(new TextEncoder().encode(body)).toString(16).padStart(8, '0');
}
