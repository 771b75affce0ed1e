import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** A PostgreSQL that can be asked. */
export interface PostgresServer {
  /** `15.18`, say. */
  readonly version: string;
  readonly connection: pg.ClientConfig;
  /** The process that this run started; null where it uses a server that was there. */
  readonly pid: number | null;
  close(): Promise<void>;
}

/** How to run it. */
export interface PostgresOptions {
  /** fsync as PostgreSQL has it by default, where rates are compared; a cluster of the run's own, whatever POSTGRES_URL says. Default false. */
  readonly fsync?: boolean;
  /** Where the cluster is kept; default the system's temporary directory. */
  readonly parent?: string;
}

const DEBIAN_FOLDER = '/usr/lib/postgresql';
const START_MS = 30_000;

/** Where the newest installed PostgreSQL has its programs, as Debian installs them; null where there is none. */
export function installedPostgres(): string | null {
  if (!existsSync(DEBIAN_FOLDER)) return null;
  return (
    readdirSync(DEBIAN_FOLDER)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(DEBIAN_FOLDER, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres'))) ?? null
  );
}

/**
 * A real PostgreSQL with an empty database (UTF8, ordered by bytes, letters of Unicode) of this run's own: on the server that POSTGRES_URL names, or in a temporary cluster of the
 * installed one, on loopback, which `close` stops and removes. null where there is neither.
 */
export async function startPostgres({
  fsync = false,
  parent = tmpdir(),
}: PostgresOptions = {}): Promise<PostgresServer | null> {
  const url = process.env['POSTGRES_URL'];
  if (url !== undefined && !fsync) return withDatabase({ connectionString: url }, null, async () => undefined);
  const programs = installedPostgres();
  if (programs === null) return null;
  const directory = mkdtempSync(join(parent, 'millrace-postgres-'));
  const port = await freePort();
  const cluster = startCluster(programs, directory, port, fsync);
  const remove = async (): Promise<void> => {
    await cluster.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return await withDatabase({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }, cluster.pid, remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** initdb and postgres refuse to run as root; the package brings a user for them. */
function unprivileged(): { readonly uid: number; readonly gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function startCluster(
  programs: string,
  directory: string,
  port: number,
  fsync: boolean,
): { readonly pid: number | null; stop(): Promise<void> } {
  const user = unprivileged();
  chmodSync(directory, 0o777);
  const data = join(directory, 'data');
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '--locale=C', '--encoding=UTF8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), options, { ...user, cwd: directory, stdio: 'pipe' });
  const settings = [
    'listen_addresses=127.0.0.1',
    `fsync=${fsync ? 'on' : 'off'}`,
    `unix_socket_directories=${directory}`,
  ];
  const child = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: directory, stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  // Whatever ends this process, the cluster ends with it.
  const kill = (): void => void child.kill('SIGINT');
  process.once('exit', kill);
  return {
    pid: child.pid ?? null,
    async stop() {
      process.off('exit', kill);
      kill();
      await ended;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function connectWhenReady(config: pg.ClientConfig): Promise<pg.Client> {
  for (const end = Date.now() + START_MS; ; ) {
    const client = new pg.Client(config);
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function withDatabase(
  config: pg.ClientConfig,
  pid: number | null,
  stop: () => Promise<void>,
): Promise<PostgresServer> {
  const admin = await connectWhenReady(config);
  const database = `millrace_${process.pid}_${Math.floor(Math.random() * 1e9)}`;
  await admin.query(`create database ${database} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'`);
  const version = await admin.query<{ server_version: string }>('show server_version');
  return {
    version: version.rows[0]?.server_version.split(' ')[0] ?? '',
    pid,
    connection: { host: admin.host, port: admin.port, user: admin.user ?? 'postgres', database },
    async close() {
      await admin.query(`drop database if exists ${database} with (force)`);
      await admin.end();
      await stop();
    },
  };
}
