import type { FileSystem } from '@millrace/core';

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Makes a directory and what is missing above it; each new name is on disk when it resolves. */
export async function makeDurableDirectory(fileSystem: FileSystem, directory: string): Promise<void> {
  const parent = directory.replace(/\/[^/]*\/?$/, '') || '/';
  try {
    await fileSystem.makeDirectory(directory);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return syncIfAllowed(fileSystem, parent);
    if (codeOf(error) !== 'ENOENT' || parent === directory) throw error;
    await makeDurableDirectory(fileSystem, parent);
    await fileSystem.makeDirectory(directory);
  }
  await fileSystem.syncDirectory(parent);
}

/** The process that made the directory may have died before it synced the name; a parent that may not be read was not ours to make. */
async function syncIfAllowed(fileSystem: FileSystem, parent: string): Promise<void> {
  await fileSystem.syncDirectory(parent).catch((error: unknown) => {
    if (codeOf(error) !== 'EACCES' && codeOf(error) !== 'EPERM') throw error;
  });
}
