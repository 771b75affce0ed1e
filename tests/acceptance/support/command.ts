import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';
import { compilePackages } from '../../support/compiled-packages.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const READY_MS_MAX = 40_000;
const COMPILED_MS_MAX = 150_000;
const READY = /^millrace: ready .* on (?:127\.0\.0\.1|\[::1\]):(\d+)/m;

/** The server's command, running as a person would run it, but compiled: it starts in a third of the time. */
export interface Command {
  readonly pid: number;
  stdout(): string;
  stderr(): string;
  /** The port, when the line that says so is there. Fails with what it printed if it ends before. */
  readonly ready: Promise<number>;
  /** How it ended: the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  kill(signal: NodeJS.Signals): void;
}

const children = new Set<ChildProcess>();
const directories = new Set<string>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Starts the command with these arguments. Only MILLRACE_ variables given here reach it. */
export function startCommand(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Command {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('MILLRACE_'));
  const child = spawn(process.execPath, ['packages/server/dist/main.js', ...args], {
    cwd: ROOT,
    env: { ...Object.fromEntries(inherited), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let stdout = '';
  let stderr = '';
  const ended = new Promise<number | string>((resolve) =>
    child.once('close', (code, signal) => {
      children.delete(child);
      resolve(signal ?? code ?? 'unknown');
    }),
  );
  const ready = new Promise<number>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}; stdout: ${stdout}; stderr: ${stderr}`));
    const timer = setTimeout(() => fail('not ready in time'), READY_MS_MAX);
    child.stdout.on('data', (chunk) => {
      stdout += chunk;
      const match = READY.exec(stdout);
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    });
    void ended.then((how) => {
      clearTimeout(timer);
      fail(`ended with ${how}`);
    });
  });
  ready.catch(() => undefined);
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    pid: child.pid ?? -1,
    stdout: () => stdout,
    stderr: () => stderr,
    ready,
    ended,
    kill: (signal) => void child.kill(signal),
  };
}

/** Runs the command to its end. */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number | string; readonly stdout: string; readonly stderr: string }> {
  const command = startCommand(args, environment);
  // A server that starts although it should not must not hang the test.
  void command.ready.then(
    () => command.kill('SIGKILL'),
    () => undefined,
  );
  const code = await command.ended;
  return { code, stdout: command.stdout(), stderr: command.stderr() };
}

/** A directory that is gone after the tests of the file. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-acceptance-'));
  directories.add(directory);
  return directory;
}

/** Compiles the command before a file's tests, ends what they have started, and removes their directories. To be called at the top of a test file. */
export function useCommand(): void {
  beforeAll(compilePackages, COMPILED_MS_MAX);
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await Promise.all([...children].map((child) => new Promise((resolve) => child.once('close', resolve))));
    for (const directory of directories) rmSync(directory, { recursive: true, force: true });
  });
}

/** A node-pg client that is connected, with every value as text. What ends it from outside is not an error of the test. */
export async function connectTo(port: number, config: pg.ClientConfig = {}): Promise<pg.Client> {
  const types = { getTypeParser: () => String } as unknown as pg.CustomTypesConfig;
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'anyone', types, ...config });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Every file under a directory with a digest of its bytes; the lock is left out (it names the last process that tried). */
export function contentsOf(directory: string): Readonly<Record<string, string>> {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).filter((path) => !path.endsWith('/lock'));
  return Object.fromEntries(
    paths.map((path) => [
      path.slice(directory.length + 1),
      createHash('sha256').update(readFileSync(path)).digest('hex'),
    ]),
  );
}

/** The paths under a directory, with `/` between the parts. */
export function pathsIn(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' });
}

interface DeltaAction {
  readonly add?: { readonly path: string; readonly stats?: string; readonly partitionValues: Record<string, string> };
  readonly txn?: { readonly appId: string; readonly version: number };
}

/** The actions of a table's Delta log, in order, read as plain JSON. The table's directory is found by its name. */
export function deltaActions(dataDirectory: string, table: string): readonly DeltaAction[] {
  const name = readdirSync(join(dataDirectory, 'tables')).find((entry) => entry.startsWith(`${table}-`));
  if (name === undefined) throw new Error(`no directory of table ${table}`);
  const log = join(dataDirectory, 'tables', name, '_delta_log');
  return readdirSync(log)
    .filter((file) => /^\d{20}\.json$/.test(file))
    .sort()
    .flatMap((file) => readFileSync(join(log, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as DeltaAction);
}

/** How many rows the Delta log says a table has. */
export function deltaRowCount(dataDirectory: string, table: string): number {
  return deltaActions(dataDirectory, table)
    .flatMap(({ add }) => (add === undefined ? [] : [JSON.parse(add.stats ?? '{}') as { numRecords: number }]))
    .reduce((sum, { numRecords }) => sum + numRecords, 0);
}
