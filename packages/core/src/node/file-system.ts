import { constants, fdatasyncSync, writevSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { assert } from '../errors/millrace-error.ts';
import { systemErrorCode } from '../errors/system-error.ts';
import type { FileEntry, FileHandle, FileSystem } from '../ports/file-system.ts';
import { lockFile } from './file-lock.ts';
import { syncAlone } from './sync-thread.ts';

const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR } = constants;
const OPEN_FLAGS = {
  read: O_RDONLY,
  append: O_RDWR | O_APPEND | O_CREAT,
  'create-new': O_RDWR | O_APPEND | O_CREAT | O_EXCL,
  'read-write': O_RDWR,
} as const;
/** Linux takes 1024 buffers a call (IOV_MAX). */
const CHUNKS_PER_CALL = 512;

/**
 * The operating system's files. Short writes are continued (a short count is no error to the kernel); `sync` is fdatasync, on macOS
 * F_FULLFSYNC (libuv does that); Windows cannot sync directories and journals their entries itself. A file opened to append is a log: its
 * syncs have a thread of their own, so that they never wait for other file work.
 */
export const nodeFileSystem: FileSystem = Object.freeze({
  async open(path: string, mode: keyof typeof OPEN_FLAGS): Promise<FileHandle> {
    return wrapHandle(await fs.open(path, OPEN_FLAGS[mode], 0o600), mode === 'append');
  },
  async readFile(path: string): Promise<Uint8Array> {
    return await fs.readFile(path);
  },
  async list(path: string): Promise<readonly FileEntry[]> {
    const names = await fs.readdir(path);
    names.sort();
    const entries = await Promise.all(names.map((name) => entryOf(join(path, name), name)));
    return entries.filter((entry) => entry !== null);
  },
  async stat(path: string): Promise<FileEntry> {
    const stat = await fs.stat(path);
    return toEntry(path.slice(path.lastIndexOf('/') + 1), stat);
  },
  async makeDirectory(path: string): Promise<void> {
    await fs.mkdir(path, { mode: 0o700 });
  },
  async rename(from: string, to: string): Promise<void> {
    await fs.rename(from, to);
  },
  async link(from: string, to: string): Promise<void> {
    await fs.link(from, to);
  },
  async remove(path: string): Promise<void> {
    await fs.unlink(path);
  },
  async removeDirectory(path: string): Promise<void> {
    await fs.rmdir(path);
  },
  async syncDirectory(path: string): Promise<void> {
    if (process.platform === 'win32') return;
    const directory = await fs.open(path, O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
  lock: lockFile,
});

/** null if the entry went away between readdir and stat. */
async function entryOf(path: string, name: string): Promise<FileEntry | null> {
  try {
    return toEntry(name, await fs.stat(path));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function toEntry(name: string, stat: Awaited<ReturnType<typeof fs.stat>>): FileEntry {
  return { name, isDirectory: stat.isDirectory(), size: Number(stat.size), modifiedMs: Number(stat.mtimeMs) };
}

function wrapHandle(handle: fs.FileHandle, isLog: boolean): FileHandle {
  return {
    async write(chunks): Promise<void> {
      let rest = withoutEmpty(chunks);
      while (rest.length > 0) {
        const { bytesWritten } = await handle.writev(rest.slice(0, CHUNKS_PER_CALL));
        rest = afterWritten(rest, bytesWritten);
      }
    },
    writeNow(chunks): void {
      let rest = withoutEmpty(chunks);
      while (rest.length > 0) rest = afterWritten(rest, writevSync(handle.fd, rest.slice(0, CHUNKS_PER_CALL)));
    },
    async writeAt(position, bytes): Promise<void> {
      let done = 0;
      while (done < bytes.byteLength) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.byteLength - done, position + done);
        assert(bytesWritten > 0, 'a write of some bytes wrote none');
        done += bytesWritten;
      }
    },
    async read(position, length): Promise<Uint8Array> {
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const { bytesRead } = await handle.read(bytes, filled, length - filled, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return bytes.subarray(0, filled);
    },
    truncate: (size) => handle.truncate(size),
    sync: () => (isLog ? syncAlone(handle.fd) : handle.datasync()),
    syncNow: () => fdatasyncSync(handle.fd),
    async size(): Promise<number> {
      return (await handle.stat()).size;
    },
    close: () => handle.close(),
  };
}

function withoutEmpty(chunks: readonly Uint8Array[]): Uint8Array[] {
  return chunks.filter((chunk) => chunk.byteLength > 0);
}

/** What is still to be written after a (maybe short) write of `written` bytes. */
function afterWritten(chunks: readonly Uint8Array[], written: number): Uint8Array[] {
  assert(written > 0, 'a write of some bytes wrote none');
  let left = written;
  let index = 0;
  for (; index < chunks.length; index++) {
    const chunk = chunks[index]!;
    if (left < chunk.byteLength) break;
    left -= chunk.byteLength;
  }
  const rest = chunks.slice(index);
  if (left > 0) rest[0] = rest[0]!.subarray(left);
  return rest;
}
