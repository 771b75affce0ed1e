import { execFile, spawnSync } from 'node:child_process';

/** Whether this machine has psql. Suites that need it are skipped with a name that says so. */
export const HAS_PSQL: boolean = spawnSync('psql', ['--version']).status === 0;

/** The name of a suite that needs psql. */
export const psqlSuite = (name: string): string =>
  HAS_PSQL ? name : `${name}: SKIPPED, because psql is not installed on this machine`;

/** Runs a script as psql's input, in another process, while this one may be the server. Line ends carry no padding. */
export async function psql(
  port: number,
  script: string,
  options: readonly string[] = [],
): Promise<{ readonly stdout: string; readonly stderr: string; readonly code: number }> {
  const environment = { ...process.env, PGCONNECT_TIMEOUT: '10', LC_ALL: 'C.UTF-8', PAGER: '' };
  return new Promise((resolve) => {
    const args = ['-X', '-h', '127.0.0.1', '-p', String(port), '-U', 'anyone', ...options];
    const child = execFile('psql', args, { env: environment }, (error, stdout, stderr) =>
      resolve({ stdout: trimmed(stdout), stderr: trimmed(stderr), code: Number(error?.code ?? 0) }),
    );
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(script);
  });
}

const trimmed = (text: string): string => text.replace(/[ \t]+$/gm, '');
