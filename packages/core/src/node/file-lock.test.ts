import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileLock } from '../ports/file-system.ts';
import { lockFile } from './file-lock.ts';
import { claimOwnerFile } from './owner-file.ts';

let directory: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'millrace-lock-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Starts a process that tries to take the lock; resolves with the child and what it said. */
async function contender(path: string, variant: string): Promise<{ child: ChildProcess; answer: string }> {
  const script = new URL('./fixtures/hold-lock.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', script, path, variant], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const answer = await new Promise<string>((resolve) =>
    child.stdout!.once('data', (data) => resolve(String(data).trim())),
  );
  return { child, answer };
}

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

describe.each([
  ['kernel', lockFile],
  ['owner', claimOwnerFile],
] as const)('%s lock', (variant, take: (path: string) => Promise<FileLock | null>) => {
  test('excludes inside one process until it is released', async () => {
    const path = join(directory, 'lock');
    const first = await take(path);
    expect(first).not.toBeNull();
    expect(await take(path)).toBeNull();
    await first!.release();
    await first!.release();
    const again = await take(path);
    expect(again).not.toBeNull();
    await again!.release();
  });

  test('of racing processes exactly one holds it; after kill -9 the next gets it', async () => {
    const path = join(directory, 'lock');
    const racers = await Promise.all([1, 2, 3, 4].map(() => contender(path, variant)));
    expect(racers.map((racer) => racer.answer).sort()).toEqual(['busy', 'busy', 'busy', 'held']);
    expect(await take(path)).toBeNull();
    await killed(racers.find((racer) => racer.answer === 'held')!.child);
    const heirs = await Promise.all([1, 2, 3].map(() => contender(path, variant)));
    expect(heirs.map((heir) => heir.answer).sort()).toEqual(['busy', 'busy', 'held']);
  });
});
