import type { Failpoints, FileEntry, FileSystem, ObjectInfo, ObjectStore, PutOutcome, Random } from '@millrace/core';
import { failure, NO_FAILPOINTS } from '@millrace/core';
import { durableDirectories } from './durable-directories.ts';
import { compareKeys, directoryOf, validateKey } from './object-key.ts';
import { codeOf, storageError } from './storage-error.ts';

export interface LocalObjectStoreOptions {
  /** The directory that keys are relative to; created when it is missing. */
  readonly root: string;
  readonly fileSystem: FileSystem;
  /** Names the temporary files. */
  readonly random: Random;
  /** Hit as `store.put.*`: see DELTA_FAILPOINTS. */
  readonly failpoints?: Failpoints;
}

/**
 * Objects as files below a directory.
 *
 *   create     write .name.<uuid>.tmp, fsync it, link it to its name (EEXIST = 'exists'), unlink the temporary name, fsync the directory
 *   overwrite  the same with rename
 *
 * `link` and not `rename` or an exclusive open: `rename` replaces, and an exclusive open shows a partial file. A directory's
 * names are synced before they are first read here, because a name that a killed process left may not be on disk yet, and a
 * caller (recovery reading the Delta log) may be about to forget what stands behind it. After a failed fsync of a directory the
 * store refuses everything (58030): what it shows may not last.
 *
 * Not handled: file systems without hard links (the put fails with 58030).
 */
export function localObjectStore(options: LocalObjectStoreOptions): ObjectStore {
  const { root, fileSystem, random, failpoints = NO_FAILPOINTS } = options;
  const base = root.endsWith('/') && root !== '/' ? root.slice(0, -1) : root;
  const directories = durableDirectories(fileSystem, base);
  const pathOf = (key: string): string => (key === '' ? base : `${base}/${key}`);

  async function put(key: string, body: Uint8Array, mode: 'create' | 'overwrite'): Promise<PutOutcome> {
    const directory = directoryOf(key);
    await directories.make(directory);
    const target = pathOf(key);
    const name = key.slice(directory === '' ? 0 : directory.length + 1);
    const temporary = `${pathOf(directory)}/.${name.slice(0, 100)}.${random.uuid()}.tmp`;
    try {
      await writeSynced(fileSystem, temporary, body);
      failpoints.hit('store.put.before-link');
      if (mode === 'overwrite') {
        await fileSystem.rename(temporary, target);
      } else {
        const isNew = await linkNew(fileSystem, temporary, target);
        // A temporary name that stays behind is litter; the object must be made durable all the same.
        await fileSystem.remove(temporary).catch(() => undefined);
        if (!isNew) return 'exists';
      }
    } catch (error) {
      await fileSystem.remove(temporary).catch(() => undefined);
      throw storageError(error, `write ${target}`);
    }
    failpoints.hit('store.put.before-directory-sync');
    await directories.sync(directory);
    failpoints.hit('store.put.after-directory-sync');
    return 'created';
  }

  return {
    async get(key, { range, signal } = {}) {
      validateKey(key);
      signal?.throwIfAborted();
      await directories.beforeRead(directoryOf(key));
      const path = pathOf(key);
      return orNull(path, async () =>
        range === undefined ? await fileSystem.readFile(path) : await readRange(fileSystem, path, range),
      );
    },
    async head(key) {
      validateKey(key);
      await directories.beforeRead(directoryOf(key));
      const path = pathOf(key);
      const entry = await orNull(path, () => fileSystem.stat(path));
      return entry === null || entry.isDirectory ? null : objectInfo(key, entry);
    },
    async put(key, body, { mode, signal }) {
      validateKey(key);
      signal?.throwIfAborted();
      return put(key, body, mode);
    },
    async *list(prefix, { startAfter, signal } = {}) {
      validateKey(prefix, 'prefix');
      const pending: AsyncGenerator<ObjectInfo, void, void> = walk(directoryOf(prefix));
      for await (const object of pending) {
        signal?.throwIfAborted();
        if (object.key.startsWith(prefix) && (startAfter === undefined || compareKeys(object.key, startAfter) > 0)) {
          yield object;
        }
      }
      async function* walk(directory: string): AsyncGenerator<ObjectInfo, void, void> {
        const entries = await entriesOf(directory);
        for (const entry of entries) {
          const key = directory === '' ? entry.name : `${directory}/${entry.name}`;
          if (!entry.isDirectory) yield objectInfo(key, entry);
          else if (mayHold(`${key}/`, prefix, startAfter)) yield* walk(key);
        }
      }
    },
    async delete(key) {
      validateKey(key);
      const path = pathOf(key);
      const removed = await orNull(path, async () => {
        await fileSystem.remove(path);
        return true;
      });
      if (removed !== null) await directories.sync(directoryOf(key));
    },
    describe: (key) => pathOf(key),
  };

  async function entriesOf(directory: string): Promise<readonly FileEntry[]> {
    await directories.beforeRead(directory);
    const entries = (await orNull(directory, () => fileSystem.list(pathOf(directory)))) ?? [];
    const sortKey = (entry: FileEntry): string => (entry.isDirectory ? `${entry.name}/` : entry.name);
    return entries.filter(isObject).sort((a, b) => compareKeys(sortKey(a), sortKey(b)));
  }
}

/** Temporary files are not objects. */
function isObject(entry: FileEntry): boolean {
  return !(entry.name.startsWith('.') && entry.name.endsWith('.tmp'));
}

/** Whether a directory's keys can have the prefix and sort after `startAfter`. */
function mayHold(directory: string, prefix: string, startAfter: string | undefined): boolean {
  if (!directory.startsWith(prefix) && !prefix.startsWith(directory)) return false;
  return startAfter === undefined || startAfter.startsWith(directory) || compareKeys(directory, startAfter) > 0;
}

function objectInfo(key: string, entry: FileEntry): ObjectInfo {
  return { key, size: entry.size, modifiedMs: entry.modifiedMs };
}

async function writeSynced(fileSystem: FileSystem, path: string, body: Uint8Array): Promise<void> {
  const file = await fileSystem.open(path, 'create-new');
  try {
    await file.write([body]);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function linkNew(fileSystem: FileSystem, from: string, to: string): Promise<boolean> {
  try {
    await fileSystem.link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

async function readRange(
  fileSystem: FileSystem,
  path: string,
  range: { readonly start: number; readonly end: number },
): Promise<Uint8Array> {
  const file = await fileSystem.open(path, 'read');
  try {
    const length = range.end - range.start;
    const bytes = await file.read(range.start, length);
    if (bytes.length !== length) {
      throw failure('ioError', { message: `could not read bytes ${range.start}..${range.end} of ${path}: too short` });
    }
    return bytes;
  } finally {
    await file.close();
  }
}

async function orNull<T>(path: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw storageError(error, `read ${path}`);
  }
}
