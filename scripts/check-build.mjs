// Proves that what `npm run build` made is what users get: in a folder outside the workspace, plain Node (no tsx, no condition `source`) imports
// every package by its published exports, starts the server, answers a client, and writes a Parquet file in a worker.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'millrace-build-'));

/** As npm would install it: the published files and, beside them, the dependencies. */
function install(name) {
  const from = join(root, 'packages', name);
  const to = join(folder, 'node_modules', '@millrace', name);
  const manifest = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8'));
  mkdirSync(to, { recursive: true });
  for (const file of ['package.json', ...manifest.files]) cpSync(join(from, file), join(to, file), { recursive: true });
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (!dependency.startsWith('@millrace/')) link(join(from, 'node_modules', dependency), dependency);
  }
  return Object.keys(manifest.exports).map((entry) => `@millrace/${name}${entry.slice(1)}`);
}

function link(from, dependency) {
  const to = join(folder, 'node_modules', dependency);
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  symlinkSync(realpathSync(from), to);
}

const program = (entries) => `
import { readdirSync } from 'node:fs';
import pg from 'pg';
import { nodeWorld } from '@millrace/core/node';
import { startServer } from '@millrace/server';
for (const entry of ${JSON.stringify(entries)}) {
  if (Object.keys(await import(entry)).length === 0) throw new Error(entry + ' exports nothing');
}
const server = await startServer(
  { host: '127.0.0.1', port: 0, dataDirectory: process.argv[2], memoryBytes: 2 ** 28, disabledRules: [] },
  nodeWorld,
  { onFatal: (error) => { throw error; }, onProblem: (message, error) => { throw new Error(message, { cause: error }); } },
);
const client = new pg.Client({ host: '127.0.0.1', port: server.address.port, user: 'anyone' });
await client.connect();
const { rows } = await client.query('select 1 as one');
if (rows.length !== 1 || rows[0].one !== 1) throw new Error('select 1 gave ' + JSON.stringify(rows));
await client.query('create table t (n int8, word text)');
await client.query("insert into t values (9007199254740993, 'built')");
await client.query('checkpoint');
const files = readdirSync(process.argv[2], { recursive: true }).filter((path) => path.endsWith('.parquet'));
if (files.length === 0) throw new Error('no Parquet file');
const stored = await client.query('select n, word from t');
if (stored.rows[0].n !== '9007199254740993' || stored.rows[0].word !== 'built') throw new Error('other rows came back');
await client.end();
await server.close();
console.log(process.argv[3] + ': select 1 answered, ' + files[0]);
process.exit(0);
`;

try {
  const entries = readdirSync(join(root, 'packages'))
    .flatMap(install)
    // The test runner's half of the testkit can only be imported under vitest.
    .filter((entry) => entry !== '@millrace/testkit/vitest');
  link(join(root, 'tests', 'node_modules', 'pg'), 'pg');
  writeFileSync(join(folder, 'program.mjs'), program(entries));
  const { status } = spawnSync(process.execPath, ['program.mjs', join(folder, 'data'), `${entries.length} entries`], {
    cwd: folder,
    stdio: 'inherit',
    env: { ...process.env, NODE_OPTIONS: '' },
    timeout: 60_000,
  });
  process.exitCode = status === 0 ? 0 : 1;
  const help = spawnSync(process.execPath, [join(folder, 'node_modules/@millrace/server/bin/millrace.mjs'), '--help']);
  if (help.status !== 0 || !String(help.stdout).includes('usage')) {
    console.error(`millrace --help: ${help.stderr}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
