import { type FileLock, type FileSystem, failure, systemErrorCode } from '@millrace/core';

/** Takes the directory's lock, creating the directory if it is missing. 55006, in one line, if another live process has it. */
export async function lockDirectory(fileSystem: FileSystem, directory: string): Promise<FileLock> {
  const path = `${directory}/lock`;
  let lock: FileLock | null;
  try {
    await fileSystem.makeDirectory(directory).catch((error: unknown) => {
      if (systemErrorCode(error) !== 'EEXIST') throw error;
    });
    lock = await fileSystem.lock(path);
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    throw failure('ioError', { message: `could not lock ${directory}: ${(error as Error).message}` }, { cause: error });
  }
  if (lock !== null) return lock;
  throw failure('objectInUse', {
    message: `${directory} is in use by another server${await holder(fileSystem, path)}`,
  });
}

/** ` (process 123)` if the lock file says so. */
async function holder(fileSystem: FileSystem, path: string): Promise<string> {
  try {
    const pid = new TextDecoder().decode(await fileSystem.readFile(path)).trim();
    return /^[0-9]{1,10}$/.test(pid) ? ` (process ${pid})` : '';
  } catch {
    return '';
  }
}
