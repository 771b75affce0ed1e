import { spawn } from 'node:child_process';
import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import { systemErrorCode } from '../errors/system-error.ts';
import type { FileLock } from '../ports/file-system.ts';
import { claimOwnerFile } from './owner-file.ts';

/** BSD's open flags for flock(LOCK_EX | LOCK_NB), which Node does not name. */
const O_EXLOCK = 0x20;
const O_NONBLOCK = 0x4;
/** util-linux's and busybox's exit code for "somebody else has it". */
const FLOCK_BUSY = 1;

/**
 * An exclusive lock on `path` against every other live process, gone with the process however that ends. Node has no flock(2), so:
 *
 *   macOS, BSD   open(O_EXLOCK | O_NONBLOCK)
 *   Linux        `flock -xn 3` run once on our inherited descriptor: flock(2) belongs to the open file description, which the child
 *                shares, so the lock stays ours when the child has gone, and the kernel drops it when we are gone
 *   elsewhere    an owner file (pid, start time, boot id) claimed by link(2); see owner-file.ts. Also when there is no `flock` command
 *
 * The file itself stays; its contents are the holder's pid, for messages. null = somebody else has it.
 */
export async function lockFile(path: string): Promise<FileLock | null> {
  switch (process.platform) {
    case 'darwin':
    case 'freebsd':
    case 'openbsd':
      return lockByOpen(path);
    case 'linux':
      return lockByFlockCommand(path);
    default:
      return claimOwnerFile(`${path}.owner`);
  }
}

async function lockByOpen(path: string): Promise<FileLock | null> {
  try {
    const handle = await fs.open(path, constants.O_RDWR | constants.O_CREAT | O_EXLOCK | O_NONBLOCK, 0o600);
    return await held(handle);
  } catch (error) {
    if (systemErrorCode(error) === 'EAGAIN') return null;
    throw error;
  }
}

async function lockByFlockCommand(path: string): Promise<FileLock | null> {
  const handle = await fs.open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  const exit = await runFlock(handle.fd);
  if (exit === 0) return held(handle);
  await handle.close();
  if (exit === FLOCK_BUSY) return null;
  return claimOwnerFile(`${path}.owner`);
}

/** The command's exit code; -1 if there is no such command. */
function runFlock(descriptor: number): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn('flock', ['-x', '-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', descriptor] });
    child.once('error', () => resolve(-1));
    child.once('exit', (code) => resolve(code ?? -1));
  });
}

async function held(handle: fs.FileHandle): Promise<FileLock> {
  await handle.truncate(0);
  await handle.write(`${process.pid}\n`, 0);
  let isReleased = false;
  return {
    async release(): Promise<void> {
      if (isReleased) return;
      isReleased = true;
      await handle.close();
    },
  };
}
