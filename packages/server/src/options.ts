import { parseArgs } from 'node:util';
import { failure } from '@millrace/core';

/** What the command line and the environment ask for. */
export interface ServerOptions {
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly memoryBytes: number;
  readonly disabledRules: readonly string[];
  /** Which parser reads SQL; default `libpg`. */
  readonly frontend?: 'libpg' | 'portable';
}

const MEMORY_BYTES_DEFAULT = 1024 * 1024 * 1024;

/** The text of `--help`. */
export const HELP = `millrace: PostgreSQL clients write and query, rows land in Delta Lake tables

usage: npm start -- [options]

  --data DIR          where everything is kept               (default ./millrace-data, or MILLRACE_DATA)
  --listen HOST:PORT  where PostgreSQL clients connect       (default 127.0.0.1:5433, or MILLRACE_LISTEN)
  --memory SIZE       budget of buffers and queries, such as 512MB or 2GB     (default 1GB, or MILLRACE_MEMORY)
  --frontend NAME     parser: libpg (PostgreSQL's own) or portable (plain JavaScript, reads less)    (default libpg)
  --help              this text

environment

  MILLRACE_DISABLED_RULES   optimizer rules not to use: a,b or all; SHOW millrace.rules lists them

Then: psql -h 127.0.0.1 -p 5433 -U anyone
`;

/** Reads the options; null for --help. Throws F0000 with one clear line for what it does not understand. */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): ServerOptions | null {
  const values = parse(args);
  if (values.help === true) return null;
  const address = parseAddress(values.listen ?? environment['MILLRACE_LISTEN'] ?? '127.0.0.1:5433');
  const dataDirectory = values.data ?? environment['MILLRACE_DATA'] ?? './millrace-data';
  if (dataDirectory.trim() === '') throw failure('configuration', { message: '--data needs a directory' });
  return {
    dataDirectory,
    ...address,
    memoryBytes: parseMemory(values.memory ?? environment['MILLRACE_MEMORY']),
    ...(values.frontend === undefined ? {} : { frontend: parseFrontend(values.frontend) }),
    disabledRules: (environment['MILLRACE_DISABLED_RULES'] ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
  };
}

interface Flags {
  readonly data?: string | undefined;
  readonly listen?: string | undefined;
  readonly memory?: string | undefined;
  readonly frontend?: string | undefined;
  readonly help?: boolean | undefined;
}

function parse(args: readonly string[]): Flags {
  try {
    return parseArgs({
      args: [...args],
      options: {
        data: { type: 'string' },
        listen: { type: 'string' },
        memory: { type: 'string' },
        frontend: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (cause) {
    // Its messages go on with advice, in more lines; the first sentence is enough.
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split(/\.(?:\s|$)/);
    throw failure('configuration', { message: `${reason}; see --help` }, { cause });
  }
}

function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]\s]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || port > 65_535) {
    throw failure('configuration', { message: `"${text}" is not an address: give HOST:PORT, such as 127.0.0.1:5433` });
  }
  return { host, port };
}

function parseMemory(text: string | undefined): number {
  if (text === undefined) return MEMORY_BYTES_DEFAULT;
  const match = /^(\d+)\s*(kb|mb|gb)?$/i.exec(text.trim());
  const unit = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }[(match?.[2] ?? 'mb').toLowerCase()] ?? 1;
  const bytes = Number(match?.[1]) * unit;
  if (match === null || bytes < 16 * 1024 ** 2 || bytes > 1024 ** 4) {
    throw failure('configuration', { message: `"${text}" is not a memory size: give 16MB to 1024GB, such as 512MB` });
  }
  return bytes;
}

function parseFrontend(name: string): 'libpg' | 'portable' {
  if (name === 'libpg' || name === 'portable') return name;
  throw failure('configuration', { message: `"${name}" is not a front end: give libpg or portable` });
}

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Without users anyone who reaches the port may read and write everything: loopback only. F0000 otherwise. */
export function requireLoopback(host: string): void {
  if (isLoopback(host)) return;
  throw failure('configuration', {
    message: `refusing to listen on ${host}: no users are configured, so anyone who reaches that address could read and write everything; listen on 127.0.0.1 (or ::1, localhost)`,
  });
}
