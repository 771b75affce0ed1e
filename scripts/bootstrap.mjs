// Installs the workspace when it is missing or out of date, with the pinned pnpm, so that a machine with Node and npm
// alone can run `npm start` and `npm test`. A stamp (hash of lockfile + Node version) makes the second run free.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [major = 0] = process.versions.node.split('.').map(Number);
if (major < 20) {
  console.error(`millrace needs Node.js 20 or newer; this is ${process.version}.`);
  process.exit(1);
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const lockfile = readFileSync(join(root, 'pnpm-lock.yaml'));
const stamp = createHash('sha256').update(lockfile).update(process.version).update(manifest.config.pnpm).digest('hex');
const stampFile = join(root, 'node_modules', '.bootstrap');
if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const args = ['--yes', `pnpm@${manifest.config.pnpm}`, 'install', '--frozen-lockfile', '--prefer-offline'];
  console.error('millrace: installing dependencies (first run, or the lockfile changed) ...');
  const result = spawnSync('npx', args, { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (result.status !== 0) {
    console.error('millrace: the installation failed; the messages above say why. Nothing was started.');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, stamp);
}
