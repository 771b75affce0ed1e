import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'millrace-compiled');
const STAMP = join(CACHE, 'stamp');
const LOCK = join(CACHE, 'lock');
const POLL_MS = 100;
const WAIT_MS_MAX = 120_000;

/**
 * Sees to it that packages/*\/dist holds JavaScript of the sources as they are now, so that a test which starts many servers need not translate them at
 * each start. Types are left to the type checker. Called by several test files at once, one of them does it.
 */
export async function compilePackages(): Promise<void> {
  const wanted = sourcesStamp();
  mkdirSync(CACHE, { recursive: true });
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted) return;
    try {
      mkdirSync(LOCK);
      break;
    } catch {
      // Another process is at it, or was killed while it was.
      if (waitedMs > WAIT_MS_MAX) rmSync(LOCK, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
  try {
    await build();
    writeFileSync(STAMP, wanted);
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** Names, sizes and times of all sources, and whether what was made of them is still there. */
function sourcesStamp(): string {
  const hash = createHash('sha256').update(process.version);
  for (const name of readdirSync(join(ROOT, 'packages'))) {
    const folder = join(ROOT, 'packages', name);
    hash.update(`${name} ${existsSync(join(folder, 'dist', 'index.js'))}`);
    for (const path of readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|mjs)$/.test(path)) continue;
      const { size, mtimeMs } = statSync(join(folder, 'src', path));
      hash.update(`${path} ${size} ${mtimeMs}\n`);
    }
  }
  return hash.digest('hex');
}

async function build(): Promise<void> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'build.mjs'), '--scripts-only'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the packages do not compile: ${output}`);
}
