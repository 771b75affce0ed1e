import type { FileEntry, FileHandle, FileLock, FileSystem } from '@millrace/core';
import type { SimDisk } from './sim-disk.ts';
import { type SimOperationKind, systemError } from './sim-faults.ts';
import { SimFile } from './sim-file.ts';
import { newDirectory, type SimDirectory, type SimNode } from './sim-names.ts';

type OpenMode = Parameters<FileSystem['open']>[1];

/** The FileSystem port over a simulated disk, for one life of the process. Use `SimDisk.mount`. */
export function mountSimFileSystem(disk: SimDisk, life: number): FileSystem {
  const run = async <T>(kind: SimOperationKind, path: string, action: () => T): Promise<T> => {
    disk.checkAlive(life);
    await disk.turns();
    return runNow(disk, life, kind, path, action);
  };
  const directoryAt = (path: string, kind: string): SimDirectory => {
    const node = existing(disk, path, kind);
    if (node.kind !== 'directory') throw systemError('ENOTDIR', kind, path);
    return node;
  };
  const parentAt = (path: string, kind: string): { directory: SimDirectory; name: string } => {
    const { directory, name } = disk.names.parentOf(path);
    if (directory === undefined) throw systemError('ENOENT', kind, path);
    return { directory, name };
  };
  return {
    open: (path, mode) =>
      run('open', path, () => {
        const { directory, name } = parentAt(path, 'open');
        return openHandle({ disk, life, path, mode, file: fileFor({ disk, directory, name, mode, path }) });
      }),
    readFile: (path) => run('read', path, () => fileAt(disk, path, 'read').read(0, Number.MAX_SAFE_INTEGER)),
    list: (path) =>
      run('list', path, () => {
        const { entries } = directoryAt(path, 'list');
        return [...entries.keys()].sort().map((name) => entryOf(name, entries.get(name)!));
      }),
    stat: (path) => run('stat', path, () => entryOf(disk.names.parentOf(path).name, existing(disk, path, 'stat'))),
    makeDirectory: (path) =>
      run('make-directory', path, () => {
        const { directory, name } = parentAt(path, 'mkdir');
        if (directory.entries.has(name)) throw systemError('EEXIST', 'mkdir', path);
        disk.names.apply([{ directory, name, node: newDirectory() }]);
      }),
    rename: (from, to) =>
      run('rename', `${from} -> ${to}`, () => {
        const node = existing(disk, from, 'rename');
        const source = parentAt(from, 'rename');
        const target = parentAt(to, 'rename');
        disk.names.apply([
          { ...source, node: null },
          { ...target, node },
        ]);
      }),
    link: (from, to) =>
      run('link', `${from} -> ${to}`, () => {
        const node = existing(disk, from, 'link');
        const target = parentAt(to, 'link');
        if (target.directory.entries.has(target.name)) throw systemError('EEXIST', 'link', to);
        disk.names.apply([{ ...target, node }]);
      }),
    remove: (path) =>
      run('remove', path, () => {
        fileAt(disk, path, 'unlink');
        disk.names.apply([{ ...parentAt(path, 'unlink'), node: null }]);
      }),
    removeDirectory: (path) =>
      run('remove-directory', path, () => {
        if (directoryAt(path, 'rmdir').entries.size > 0) throw systemError('ENOTEMPTY', 'rmdir', path);
        disk.names.apply([{ ...parentAt(path, 'rmdir'), node: null }]);
      }),
    syncDirectory: (path) => run('sync-directory', path, () => disk.names.persist(directoryAt(path, 'fsync'))),
    lock: (path) => run('lock', path, () => takeLock(disk, path)),
  };
}

/** Runs the operation as the fault script wants it; the action is what happens when nothing goes wrong. */
function runNow<T>(disk: SimDisk, life: number, kind: SimOperationKind, path: string, action: () => T): T {
  const effect = disk.enter(life, kind, path);
  if (effect !== null && 'error' in effect) throw systemError(effect.error, kind, path);
  const result = action();
  if (effect !== null) disk.crashNow();
  return result;
}

function existing(disk: SimDisk, path: string, kind: string): SimNode {
  const node = disk.names.lookup(path);
  if (node === undefined) throw systemError('ENOENT', kind, path);
  return node;
}

function fileAt(disk: SimDisk, path: string, kind: string): SimFile {
  const node = existing(disk, path, kind);
  if (node.kind !== 'file') throw systemError('EISDIR', kind, path);
  return node.file;
}

function entryOf(name: string, node: SimNode): FileEntry {
  const isDirectory = node.kind === 'directory';
  return { name, isDirectory, size: isDirectory ? 0 : node.file.size, modifiedMs: 0 };
}

function takeLock(disk: SimDisk, path: string): FileLock | null {
  if (disk.locks.has(path)) return null;
  disk.locks.add(path);
  return {
    release: async () => void disk.locks.delete(path),
  };
}

interface Opening {
  readonly disk: SimDisk;
  readonly directory: SimDirectory;
  readonly name: string;
  readonly mode: OpenMode;
  readonly path: string;
}

function fileFor({ disk, directory, name, mode, path }: Opening): SimFile {
  const node = directory.entries.get(name);
  if (node !== undefined) {
    if (mode === 'create-new') throw systemError('EEXIST', 'open', path);
    if (node.kind !== 'file') throw systemError('EISDIR', 'open', path);
    return node.file;
  }
  if (mode === 'read' || mode === 'read-write') throw systemError('ENOENT', 'open', path);
  const file = new SimFile();
  disk.names.apply([{ directory, name, node: { kind: 'file', file } }]);
  return file;
}

interface OpenFile {
  readonly disk: SimDisk;
  readonly life: number;
  readonly path: string;
  readonly mode: OpenMode;
  readonly file: SimFile;
}

function openHandle({ disk, life, path, mode, file }: OpenFile): FileHandle {
  const run = async <T>(kind: SimOperationKind, action: () => T): Promise<T> => {
    disk.checkAlive(life);
    await disk.turns();
    return runNow(disk, life, kind, path, action);
  };
  const write = (position: () => number, chunks: readonly Uint8Array[]): void => {
    const effect = disk.enter(life, 'write', path);
    let left = effect !== null && 'error' in effect ? (effect.partialBytes ?? 0) : Number.POSITIVE_INFINITY;
    for (const chunk of chunks) {
      file.writeAt(position(), chunk.subarray(0, Math.min(left, chunk.byteLength)));
      left -= chunk.byteLength;
      if (left <= 0) break;
    }
    if (effect === null) return;
    if ('error' in effect) {
      if (effect.isWrittenBack === true) file.persist();
      throw systemError(effect.error, 'write', path);
    }
    disk.crashNow();
  };
  const sync = (): void => {
    const effect = disk.enter(life, 'sync', path);
    if (effect !== null && 'error' in effect) {
      file.dropDirty();
      throw systemError(effect.error, 'fdatasync', path);
    }
    file.persist();
    if (effect !== null) disk.crashNow();
  };
  const append = (chunks: readonly Uint8Array[]): void => {
    if (mode === 'read' || mode === 'read-write') throw systemError('EBADF', 'write', path);
    write(() => file.size, chunks);
  };
  return {
    async write(chunks): Promise<void> {
      disk.checkAlive(life);
      await disk.turns();
      append(chunks);
    },
    writeNow: append,
    async writeAt(position, bytes): Promise<void> {
      if (mode !== 'read-write') throw systemError('EBADF', 'write', path);
      disk.checkAlive(life);
      await disk.turns();
      write(() => position, [bytes]);
    },
    read: (position, length) => run('read', () => file.read(position, length)),
    truncate: (size) => run('truncate', () => file.truncate(size)),
    async sync(): Promise<void> {
      disk.checkAlive(life);
      await disk.turns();
      sync();
    },
    syncNow: sync,
    async size(): Promise<number> {
      disk.checkAlive(life);
      return file.size;
    },
    close: async () => {},
  };
}
