import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { watchMemory } from './process-figures.ts';
import type { EventLoop, Target } from './target.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, '..', '..', '..');
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 20_000;

export interface MillraceOptions {
  /** Where its data directory is made. */
  readonly parent: string;
  readonly memory: string;
  /** Run the built packages (`npm run build`) instead of the sources. */
  readonly built: boolean;
}

/** The server as `npm start` runs it: a process and a data directory of its own, which end with `close`. */
export async function startMillraceTarget(options: MillraceOptions): Promise<Target> {
  const directory = mkdtempSync(join(options.parent, 'millrace-bench-'));
  const child = spawn(
    process.execPath,
    [...nodeFlags(options), '--data', directory, '--listen', '127.0.0.1:0', '--memory', options.memory],
    {
      cwd: ROOT,
      env: { ...process.env, MILLRACE_DATA: '', MILLRACE_LISTEN: '', MILLRACE_MEMORY: '', MILLRACE_DISABLED_RULES: '' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
    process.off('exit', kill);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    const port = await portOf(child);
    return await target(child, port, directory, options, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

function nodeFlags({ built }: MillraceOptions): readonly string[] {
  const observed = ['--import', join(HERE, 'observe.mjs')];
  if (built) return [...observed, 'packages/server/bin/millrace.mjs'];
  return ['--conditions=source', '--import', 'tsx', ...observed, 'packages/server/src/main.ts'];
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`millrace did not start: ${output}`)), START_MS_MAX);
    child.once('exit', (code) => reject(new Error(`millrace ended with ${code}: ${output}`)));
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const port = /ready for PostgreSQL clients on \S+:(\d+)/.exec(output)?.[1];
      if (port === undefined) return;
      clearTimeout(timer);
      resolve(Number(port));
    });
  });
}

async function target(
  child: ChildProcess,
  port: number,
  directory: string,
  options: MillraceOptions,
  stop: () => Promise<void>,
): Promise<Target> {
  const pid = child.pid ?? 0;
  const admin = new pg.Client({ host: '127.0.0.1', port, user: 'bench', types: { getTypeParser: () => String } });
  await admin.connect();
  const ask = async (sql: string): Promise<string[][]> =>
    (await admin.query<string[]>({ text: sql, rowMode: 'array' })).rows;
  const tell = (message: { what: string; path: string | null }): Promise<unknown> =>
    new Promise((resolve) => {
      child.once('message', resolve);
      child.send(message);
    });
  return {
    name: 'millrace',
    version: `millrace (${options.built ? 'built' : 'from source'}, --memory ${options.memory})`,
    durability: await commitLevel(ask),
    address: { port, user: 'bench', database: 'bench' },
    pid,
    settleSql: 'checkpoint',
    ask,
    async syncs() {
      const metrics = new Map((await ask('show millrace.metrics')).map(([name, value]) => [name, Number(value)]));
      return metrics.get('wal_syncs') ?? 0;
    },
    begin: async (path) => void (await tell({ what: 'begin', path })),
    end: async (path) => (await tell({ what: 'end', path })) as EventLoop,
    watch: () => watchMemory(pid),
    tablePath(table) {
      const folder = readdirSync(join(directory, 'tables')).find((name) => name.startsWith(`${table}-`));
      return folder === undefined ? null : join(directory, 'tables', folder);
    },
    async close() {
      await admin.end();
      await stop();
    },
  };
}

/** What is in force; a server without the setting has the one level that it always had. */
async function commitLevel(ask: (sql: string) => Promise<string[][]>): Promise<string> {
  try {
    return `millrace.commit_level ${(await ask('show millrace.commit_level'))[0]?.[0] ?? '?'}`;
  } catch {
    return 'durable: every acknowledgement follows an fsync of the write-ahead log';
  }
}
