import { type ChildProcess, spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const STARTED_MS_MAX = 30_000;

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** How it ended: the signal's name or the exit code. */
  readonly ended: Promise<string>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): void;
}

/** Starts the crash server, whose packages are compiled (`compilePackages`); null if it ended before it was ready (a failpoint of the start). */
export async function startServerProcess(
  directory: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: ServerProcess | null; readonly ended: Promise<string>; readonly output: () => string }> {
  const child: ChildProcess = spawn(process.execPath, [join(HERE, 'crash-server.mjs'), directory], {
    cwd: join(HERE, '..', '..'),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit ${code}`)),
  );
  const port = await new Promise<number | null>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the server did not start: ${output}`)), STARTED_MS_MAX);
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const match = /^ready (\d+)$/m.exec(output);
      if (match === null) return;
      clearTimeout(timer);
      resolve(Number(match[1]));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    void ended.then(() => {
      clearTimeout(timer);
      resolve(null);
    });
  });
  const server =
    port === null ? null : { port, ended, kill: (signal: 'SIGKILL' | 'SIGTERM') => void child.kill(signal) };
  return { server, ended, output: () => output };
}
