/**
 * Files, as the WAL, the lock and the local object store need them. Paths are absolute or relative to the process; `/` separates.
 * Laws: what `sync` (file) and `syncDirectory` (names) have not confirmed may be gone, wholly or in part, after a power loss;
 * `write` writes everything or throws (implementations loop over short counts); a failed `sync` is final, it is never retried.
 * Failures are NodeJS.ErrnoException-like: `error.code` is ENOENT, EEXIST, ENOSPC, EIO ...
 */
export interface FileSystem {
  /** 'append' creates a missing file, 'create-new' rejects an existing one (EEXIST), 'read-write' wants one to exist (ENOENT). */
  open(path: string, mode: 'read' | 'append' | 'create-new' | 'read-write'): Promise<FileHandle>;
  readFile(path: string): Promise<Uint8Array>;
  /** Names of the entries, sorted, without `.` and `..`; ENOENT if the directory is missing. */
  list(path: string): Promise<readonly FileEntry[]>;
  stat(path: string): Promise<FileEntry>;
  makeDirectory(path: string): Promise<void>;
  /** Atomic; replaces the target. */
  rename(from: string, to: string): Promise<void>;
  /** Atomic; EEXIST if the target exists. The way to create a file atomically with its contents. */
  link(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
  removeDirectory(path: string): Promise<void>;
  /** Makes the directory's entries (creates, renames, removals) durable. */
  syncDirectory(path: string): Promise<void>;
  /** Takes an exclusive lock that ends with the process; null if another live process holds it. */
  lock(path: string): Promise<FileLock | null>;
}
/** What a directory listing says of a name. */
export interface FileEntry {
  readonly name: string;
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedMs: number;
}
/** An open file. Law: bytes are on disk after `sync`, the file's name after a sync of its directory; neither before. */
export interface FileHandle {
  /** 'append', 'create-new': appends all of the chunks at the end of the file, in order. After a failure a part may be there. */
  write(chunks: readonly Uint8Array[]): Promise<void>;
  /** The same, blocking; for short appends that are followed by `syncNow`. */
  writeNow(chunks: readonly Uint8Array[]): void;
  /** 'read-write' only: replaces the bytes from `position` on. */
  writeAt(position: number, bytes: Uint8Array): Promise<void>;
  /** Up to `length` bytes from `position`; fewer only at the end of the file. */
  read(position: number, length: number): Promise<Uint8Array>;
  truncate(size: number): Promise<void>;
  /** fdatasync: contents and size are durable when it resolves. */
  sync(): Promise<void>;
  /** The same, blocking; for callers that measured it to be fast. */
  syncNow(): void;
  size(): Promise<number>;
  close(): Promise<void>;
}
/** A lock held by this process; gone with the process, however it ends. */
export interface FileLock {
  release(): Promise<void>;
}
