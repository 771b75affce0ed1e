import { type FileSystem, systemErrorCode } from '@millrace/core';

/**
 * Makes a directory and what is missing above it. It syncs nothing: the log syncs the name of its directory, and the object store every name on the
 * way to the root, before either acknowledges anything.
 */
export async function makeDirectories(fileSystem: FileSystem, directory: string): Promise<void> {
  const parent = directory.replace(/\/[^/]*\/?$/, '') || '/';
  try {
    await fileSystem.makeDirectory(directory);
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return;
    if (systemErrorCode(error) !== 'ENOENT' || parent === directory) throw error;
    await makeDirectories(fileSystem, parent);
    await fileSystem.makeDirectory(directory);
  }
}
