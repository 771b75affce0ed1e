// Builds what is published: packages/*/dist with JavaScript and declarations, a package after those it depends on. Tests and development
// run the sources (the condition `source` of each package's exports), but for tests that start many servers: those need the JavaScript alone, quickly
// (--scripts-only: nothing is removed, types are not looked at).
import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const scriptsOnly = process.argv.includes('--scripts-only');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const packages = new Map(
  readdirSync(join(root, 'packages')).map((name) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'));
    const needs = Object.keys(dependencies).filter((dependency) => dependency.startsWith('@millrace/'));
    return [name, needs.map((dependency) => dependency.slice('@millrace/'.length))];
  }),
);

/** Scripts that threads start from are JavaScript already. */
function copyScripts(folder) {
  for (const path of readdirSync(join(folder, 'src'), { recursive: true })) {
    if (path.endsWith('.mjs')) cpSync(join(folder, 'src', path), join(folder, 'dist', path));
  }
}

function compile(name) {
  const folder = join(root, 'packages', name);
  if (!scriptsOnly) rmSync(join(folder, 'dist'), { recursive: true, force: true });
  return new Promise((resolve, reject) => {
    const quick = ['--noCheck', '--declaration', 'false', '--isolatedDeclarations', 'false', '--sourceMap', 'false'];
    const args = [tsc, '-p', join(folder, 'tsconfig.build.json'), ...(scriptsOnly ? quick : [])];
    const child = spawn(process.execPath, args, { stdio: 'inherit' });
    child.on('error', reject);
    child.on('exit', (code) => {
      if (code !== 0) return reject(new Error(`${name} does not compile`));
      copyScripts(folder);
      resolve();
    });
  });
}

/** Every file that a package.json points at is there. */
function missingExports() {
  return [...packages.keys()].flatMap((name) => {
    const folder = join(root, 'packages', name);
    const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return Object.values(exports)
      .flatMap((entry) => [entry.types, entry.default])
      .filter((path) => !existsSync(join(folder, path)))
      .map((path) => `@millrace/${name}: ${path}`);
  });
}

const building = new Map();
const build = (name) => {
  if (!building.has(name))
    building.set(
      name,
      Promise.all(scriptsOnly ? [] : packages.get(name).map(build)).then(() => compile(name)),
    );
  return building.get(name);
};

try {
  await Promise.all([...packages.keys()].map(build));
  const missing = scriptsOnly ? [] : missingExports();
  if (missing.length > 0) throw new Error(`not built: ${missing.join(', ')}`);
  console.log(`built ${[...packages.keys()].join(', ')} in ${Math.round(performance.now())} ms`);
} catch (error) {
  console.error(`build: ${error.message}`);
  process.exit(1);
}
