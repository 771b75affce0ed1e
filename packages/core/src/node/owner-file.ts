import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { systemErrorCode } from '../errors/system-error.ts';
import type { FileLock } from '../ports/file-system.ts';

/** Who holds an owner file. A pid alone is reused; its start time and the boot id make it one process. */
interface Owner {
  readonly pid: number;
  /** Field 22 of /proc/pid/stat, clock ticks since boot; '' where there is no /proc. */
  readonly startTime: string;
  /** '' where there is no /proc. */
  readonly bootId: string;
  readonly token: string;
}

/**
 * A lock without help of the kernel: a file that names its owner, created whole by link(2), so that of two processes one wins.
 * A file whose owner is dead is moved away by rename(2) to a name of our own, which again only one process can do; what was moved is
 * compared with what was judged, and put back if somebody else had taken over in between. The winner reads its own file back.
 * Narrow: processes on other machines or in other pid namespaces look dead.
 */
export async function claimOwnerFile(path: string): Promise<FileLock | null> {
  const owner = await thisProcess();
  const draft = `${path}.${owner.token}`;
  await fs.writeFile(draft, JSON.stringify(owner), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 20; attempt++) {
      if (await tryLink(draft, path))
        return (await readOwner(path))?.token === owner.token ? heldBy(path, owner) : null;
      const current = await readOwner(path);
      if (current === undefined) continue;
      if (current !== null && (await isAlive(current))) return null;
      await moveAway(path, `${draft}.stale`, current);
    }
    return null;
  } finally {
    await fs.rm(draft, { force: true });
  }
}

/** Moves a dead owner's file away; puts it back when it was not the one that was judged. */
async function moveAway(path: string, aside: string, judged: Owner | null): Promise<void> {
  try {
    await fs.rename(path, aside);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return;
    throw error;
  }
  const moved = await readOwner(aside);
  if (moved && moved.token !== judged?.token) await tryLink(aside, path);
  await fs.rm(aside, { force: true });
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await fs.link(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** undefined = no file; null = not an owner file, which nobody alive writes (they appear whole). */
async function readOwner(path: string): Promise<Owner | null | undefined> {
  let text: string;
  try {
    text = await fs.readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const owner = JSON.parse(text) as Owner;
    return Number.isInteger(owner.pid) && typeof owner.token === 'string' ? owner : null;
  } catch {
    return null;
  }
}

async function thisProcess(): Promise<Owner> {
  return {
    pid: process.pid,
    startTime: await startTimeOf(process.pid),
    bootId: await bootId(),
    token: randomUUID(),
  };
}

async function isAlive(owner: Owner): Promise<boolean> {
  if (owner.bootId !== (await bootId())) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (systemErrorCode(error) === 'ESRCH') return false;
  }
  return owner.startTime === (await startTimeOf(owner.pid));
}

async function bootId(): Promise<string> {
  return (await readText('/proc/sys/kernel/random/boot_id')).trim();
}

async function startTimeOf(pid: number): Promise<string> {
  const stat = await readText(`/proc/${pid}/stat`);
  // The command name in parentheses may hold blanks; fields are counted after the last one.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

async function readText(path: string): Promise<string> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch {
    return '';
  }
}

function heldBy(path: string, owner: Owner): FileLock {
  return {
    async release(): Promise<void> {
      if ((await readOwner(path))?.token === owner.token) await fs.rm(path, { force: true });
    },
  };
}
