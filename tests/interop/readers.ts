import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ColumnKind, InteropTable } from './tables.ts';

const HERE = dirname(fileURLToPath(import.meta.url));
const TOOLS = join(HERE, '..', '..', '.interop');
const CHDB_VERSION = '3.4.0';
const DELTALAKE_VERSION = '1.6.6';

/** A table on disk, to be read by another engine. */
export interface StoredInteropTable {
  readonly table: InteropTable;
  readonly path: string;
}
/** Rows as canonical texts, in any order. */
export type CanonicalRows = readonly (readonly (string | null)[])[];

/** An independent reader, or why it cannot be had here. */
export interface Reader {
  readonly name: string;
  /** null = ready. */
  readonly unavailable: string | null;
  /** ClickHouse has no NULL arrays: it reads them as empty ones. */
  readonly readsNullArraysAsEmpty: boolean;
  read(tables: readonly StoredInteropTable[]): readonly CanonicalRows[];
}

function run(
  command: string,
  args: readonly string[],
  options: { readonly input?: string; readonly cwd?: string } = {},
): string {
  const result = spawnSync(command, [...args], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
    env: { ...process.env, TZ: 'UTC' },
    ...options,
  });
  if (result.status !== 0)
    throw new Error(`${command} ${args[0] ?? ''} failed: ${result.stderr || result.error?.message}`);
  return result.stdout;
}

/** chdb, installed below `.interop/` for this step only. */
export function chdbReader(): Reader {
  installChdb();
  return {
    name: `chdb ${CHDB_VERSION} (ClickHouse, delta-kernel-rs)`,
    unavailable: null,
    readsNullArraysAsEmpty: true,
    read: (tables) =>
      askChdb(
        tables.map(({ table, path }) => {
          const columns = table.columns.map((column) => chdbText(column.name, column.kind)).join(', ');
          return `select ${columns} from deltaLakeLocal('${path}')`;
        }),
      ) as CanonicalRows[],
  };
}

function installChdb(): void {
  mkdirSync(TOOLS, { recursive: true });
  if (existsSync(join(TOOLS, 'node_modules', 'chdb'))) return;
  writeFileSync(join(TOOLS, 'package.json'), '{ "private": true }\n');
  run('npm', ['install', '--no-audit', '--no-fund', '--no-save', `chdb@${CHDB_VERSION}`], { cwd: TOOLS });
}

/** What ClickHouse answers to each query: rows of JSON values. Installs chdb where it is missing; throws where it cannot. */
export function askChdb(queries: readonly string[]): readonly (readonly (readonly unknown[])[])[] {
  installChdb();
  const input = JSON.stringify({ modules: join(TOOLS, 'package.json'), queries });
  // Its working directory is the root, because chdb only reads below that.
  const output = run(process.execPath, [join(HERE, 'read-with-chdb.cjs')], { input, cwd: '/' });
  return JSON.parse(output) as unknown[][][];
}

/** A ClickHouse expression for a column's canonical text. */
function chdbText(name: string, kind: ColumnKind): string {
  const column = `\`${name}\``;
  switch (kind) {
    case 'bytes':
      return `hex(${column})`;
    case 'array':
      return `toJSONString(${column})`;
    case 'timestamp':
      return `toString(toTimeZone(${column}, 'UTC'))`;
    default:
      return `toString(${column})`;
  }
}

/** Python's deltalake in a virtual environment below `.interop/`, where python3 and pip can be had. */
export function deltalakeReader(): Reader {
  const environment = join(TOOLS, 'python');
  const python = join(environment, 'bin', 'python');
  let unavailable: string | null = null;
  try {
    if (!existsSync(join(environment, 'ready'))) {
      run('python3', ['-m', 'venv', environment]);
      run(python, [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        `deltalake==${DELTALAKE_VERSION}`,
        'pyarrow',
      ]);
      writeFileSync(join(environment, 'ready'), '');
    }
  } catch (error) {
    unavailable = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
  }
  return {
    name: `deltalake ${DELTALAKE_VERSION} (delta-rs)`,
    unavailable,
    readsNullArraysAsEmpty: false,
    read(tables) {
      const input = JSON.stringify(
        tables.map(({ table, path }) => ({ path, columns: table.columns.map((column) => [column.name, column.kind]) })),
      );
      return JSON.parse(run(python, [join(HERE, 'read_with_deltalake.py')], { input })) as CanonicalRows[];
    },
  };
}

/** Smooths what readers spell differently and mean alike: infinities, exponents, trailing zeros, absent arrays. */
export function normalize(kind: ColumnKind, text: string | null): string | null {
  if (text === null) return null;
  switch (kind) {
    case 'float': {
      const number = Number(text.replace(/^(-?)inf$/i, '$1Infinity').replace(/^nan$/i, 'NaN'));
      return String(number);
    }
    case 'decimal':
      return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
    default:
      return text;
  }
}
