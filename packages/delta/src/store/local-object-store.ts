import type { Failpoints, FileEntry, FileSystem, ObjectInfo, ObjectStore, PutOutcome, Random } from '@millrace/core';
import { failure, NO_FAILPOINTS, systemErrorCode } from '@millrace/core';
import { type DurableDirectories, durableDirectories } from './durable-directories.ts';
import { compareKeys, directoryOf, validateKey } from './object-key.ts';
import { storageError } from './storage-error.ts';

/** What `localObjectStore` is told. */
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
  return new LocalObjectStore(options);
}

class LocalObjectStore implements ObjectStore {
  readonly #root: string;
  readonly #fileSystem: FileSystem;
  readonly #random: Random;
  readonly #failpoints: Failpoints;
  readonly #directories: DurableDirectories;

  constructor({ root, fileSystem, random, failpoints = NO_FAILPOINTS }: LocalObjectStoreOptions) {
    this.#root = root.endsWith('/') && root !== '/' ? root.slice(0, -1) : root;
    this.#fileSystem = fileSystem;
    this.#random = random;
    this.#failpoints = failpoints;
    this.#directories = durableDirectories(fileSystem, this.#root);
  }

  async get(
    key: string,
    { range, signal }: NonNullable<Parameters<ObjectStore['get']>[1]> = {},
  ): Promise<Uint8Array | null> {
    validateKey(key);
    signal?.throwIfAborted();
    await this.#directories.beforeRead(directoryOf(key));
    const path = this.describe(key);
    return orNull(path, () =>
      range === undefined ? this.#fileSystem.readFile(path) : readRange(this.#fileSystem, path, range),
    );
  }

  async head(key: string): Promise<ObjectInfo | null> {
    validateKey(key);
    await this.#directories.beforeRead(directoryOf(key));
    const path = this.describe(key);
    const entry = await orNull(path, () => this.#fileSystem.stat(path));
    return entry === null || entry.isDirectory ? null : objectInfo(key, entry);
  }

  async put(key: string, body: Uint8Array, { mode, signal }: Parameters<ObjectStore['put']>[2]): Promise<PutOutcome> {
    validateKey(key);
    signal?.throwIfAborted();
    const directory = directoryOf(key);
    await this.#directories.make(directory);
    const name = key.slice(directory === '' ? 0 : directory.length + 1);
    const temporary = `${this.describe(directory)}/.${name.slice(0, 100)}.${this.#random.uuid()}.tmp`;
    try {
      await writeSynced(this.#fileSystem, temporary, body);
      this.#failpoints.hit('store.put.before-link');
      if (!(await this.#moveIn(temporary, this.describe(key), mode))) return 'exists';
    } catch (error) {
      await this.#fileSystem.remove(temporary).catch(() => undefined);
      throw storageError(error, `write ${this.describe(key)}`);
    }
    this.#failpoints.hit('store.put.before-directory-sync');
    await this.#directories.sync(directory);
    this.#failpoints.hit('store.put.after-directory-sync');
    return 'created';
  }

  async *list(
    prefix: string,
    { startAfter, signal }: NonNullable<Parameters<ObjectStore['list']>[1]> = {},
  ): AsyncGenerator<ObjectInfo, void, void> {
    validateKey(prefix, 'prefix');
    for await (const object of this.#walk(directoryOf(prefix), prefix, startAfter)) {
      signal?.throwIfAborted();
      const isAfter = startAfter === undefined || compareKeys(object.key, startAfter) > 0;
      if (isAfter && object.key.startsWith(prefix)) yield object;
    }
  }

  async delete(key: string): Promise<void> {
    validateKey(key);
    const path = this.describe(key);
    const removed = await orNull(path, async () => {
      await this.#fileSystem.remove(path);
      return true;
    });
    if (removed !== null) await this.#directories.sync(directoryOf(key));
  }

  async removeEmpty(prefix: string): Promise<void> {
    validateKey(prefix, 'prefix');
    await this.#removeEmpty(directoryOf(prefix));
  }

  describe(key: string): string {
    return key === '' ? this.#root : `${this.#root}/${key}`;
  }

  /** From the leaves; a directory with anything in it stays, and so do those above it. */
  async #removeEmpty(directory: string): Promise<void> {
    const path = this.describe(directory);
    for (const entry of (await orNull(path, () => this.#fileSystem.list(path))) ?? [])
      if (entry.isDirectory) await this.#removeEmpty(`${directory}/${entry.name}`);
    await this.#directories.remove(directory);
  }

  /** Gives the written file its name; false if a create finds it taken. */
  async #moveIn(temporary: string, target: string, mode: 'create' | 'overwrite'): Promise<boolean> {
    if (mode === 'overwrite') {
      await this.#fileSystem.rename(temporary, target);
      return true;
    }
    const isNew = await linkNew(this.#fileSystem, temporary, target);
    // A temporary name that stays behind is litter; the object must be made durable all the same.
    await this.#fileSystem.remove(temporary).catch(() => undefined);
    return isNew;
  }

  async *#walk(
    directory: string,
    prefix: string,
    startAfter: string | undefined,
  ): AsyncGenerator<ObjectInfo, void, void> {
    await this.#directories.beforeRead(directory);
    const path = this.describe(directory);
    const entries = (await orNull(path, () => this.#fileSystem.list(path))) ?? [];
    const sortKey = (entry: FileEntry): string => (entry.isDirectory ? `${entry.name}/` : entry.name);
    for (const entry of entries.filter(isObject).sort((a, b) => compareKeys(sortKey(a), sortKey(b)))) {
      const key = directory === '' ? entry.name : `${directory}/${entry.name}`;
      if (!entry.isDirectory) yield objectInfo(key, entry);
      else if (mayHold(`${key}/`, prefix, startAfter)) yield* this.#walk(key, prefix, startAfter);
    }
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
    if (systemErrorCode(error) === 'EEXIST') return false;
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
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw storageError(error, `read ${path}`);
  }
}
