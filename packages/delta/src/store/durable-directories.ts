import type { FileSystem } from '@millrace/core';
import { failure, systemErrorCode } from '@millrace/core';
import { directoryOf } from './object-key.ts';
import { storageError } from './storage-error.ts';

/** What `durableDirectories` gives: directories below a root by key (`''` = the root). */
export interface DurableDirectories {
  /** The directory exists and the names on the way to it are on disk. */
  make(directory: string): Promise<void>;
  /** The directory's names are on disk. */
  sync(directory: string): Promise<void>;
  /** What the directory shows is on disk; once per directory and process. Missing directories are no error. */
  beforeRead(directory: string): Promise<void>;
  /** Removes an empty directory; one that is not empty stays. The name's end need not outlive a power loss: an empty directory is nothing. */
  remove(directory: string): Promise<void>;
}

/**
 * Directories whose entries outlive a power loss. A new directory is an entry of its parent, so each parent on the path is synced,
 * also when the directory was there already: the process that made it may have died before it synced.
 * After one failed sync everything rejects with 58030 (a failed fsync is final).
 */
export function durableDirectories(fileSystem: FileSystem, root: string): DurableDirectories {
  const made = new Map<string, Promise<void>>();
  const read = new Map<string, Promise<void>>();
  let failed: unknown = null;
  const pathOf = (directory: string): string => (directory === '' ? root : `${root}/${directory}`);

  async function syncPath(path: string): Promise<void> {
    if (failed !== null) {
      const message = 'object store is closed after a failed fsync; restart to recover';
      throw failure('ioError', { message }, { cause: failed });
    }
    try {
      await fileSystem.syncDirectory(path);
    } catch (error) {
      if (systemErrorCode(error) !== 'ENOENT') failed = error;
      throw storageError(error, `sync directory ${path}`);
    }
  }

  async function makeOne(directory: string): Promise<void> {
    if (directory === '') {
      await makeRoot(fileSystem, root, syncPath);
      return;
    }
    const parent = directoryOf(directory);
    await once(made, parent, () => makeOne(parent));
    await makeDirectory(fileSystem, pathOf(directory));
    await syncPath(pathOf(parent));
  }

  async function readOne(directory: string): Promise<void> {
    if (directory !== '') await once(read, directoryOf(directory), () => readOne(directoryOf(directory)));
    try {
      await fileSystem.syncDirectory(pathOf(directory));
    } catch (error) {
      const code = systemErrorCode(error);
      if (code === 'ENOENT' || code === 'ENOTDIR') {
        read.delete(directory);
        return;
      }
      if (isRefused(error)) return;
      failed = error;
      throw storageError(error, `sync directory ${pathOf(directory)}`);
    }
  }

  return {
    make: (directory) => once(made, directory, () => makeOne(directory)),
    sync: (directory) => syncPath(pathOf(directory)),
    async beforeRead(directory) {
      if (failed !== null) await syncPath(pathOf(directory));
      await once(read, directory, () => readOne(directory));
    },
    async remove(directory) {
      made.delete(directory);
      read.delete(directory);
      try {
        await fileSystem.removeDirectory(pathOf(directory));
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return;
        throw storageError(error, `remove directory ${pathOf(directory)}`);
      }
    },
  };
}

/** Runs the work once per key; a failure is forgotten so that the next caller tries again. */
function once(done: Map<string, Promise<void>>, key: string, work: () => Promise<void>): Promise<void> {
  const known = done.get(key);
  if (known !== undefined) return known;
  // Deferred by a microtask, so that the work may remove its own entry (a missing directory is not remembered).
  const running = Promise.resolve().then(work);
  done.set(key, running);
  running.catch(() => {
    if (done.get(key) === running) done.delete(key);
  });
  return running;
}

async function makeDirectory(fileSystem: FileSystem, path: string): Promise<boolean> {
  try {
    await fileSystem.makeDirectory(path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    if (systemErrorCode(error) === 'ENOENT') throw error;
    throw storageError(error, `create directory ${path}`);
  }
}

/** The root with the missing directories above it, each entry synced. */
async function makeRoot(
  fileSystem: FileSystem,
  path: string,
  syncPath: (path: string) => Promise<void>,
): Promise<void> {
  const parent = directoryOf(path) === '' ? (path.startsWith('/') ? '/' : '.') : directoryOf(path);
  let isNew: boolean;
  try {
    isNew = await makeDirectory(fileSystem, path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' || parent === path) throw storageError(error, `create directory ${path}`);
    await makeRoot(fileSystem, parent, syncPath);
    isNew = await makeDirectory(fileSystem, path);
  }
  if (isNew) {
    await syncPath(parent);
    return;
  }
  try {
    await fileSystem.syncDirectory(parent);
  } catch (error) {
    // An old root in a directory that we may not open is the administrator's: its entry is as durable as the machine's setup.
    if (!isRefused(error)) throw storageError(error, `sync directory ${parent}`);
  }
}

/** We may not write there either, so nothing of ours can be pending. */
function isRefused(error: unknown): boolean {
  const code = systemErrorCode(error);
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS';
}
