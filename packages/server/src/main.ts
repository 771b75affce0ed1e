import { resolve } from 'node:path';
import { MillraceError } from '@millrace/core';
import { nodeFailpoints, nodeWorld, parseFailpoint } from '@millrace/core/node';
import { HELP, readOptions } from './options.ts';
import type { RunningServer } from './start-server.ts';

/** One line for a person; the exit code says the rest. */
function say(line: string): void {
  process.stderr.write(`millrace: ${line}\n`);
}

function describe(error: unknown): string {
  if (error instanceof MillraceError) return error.info.hint ? `${error.message} (${error.info.hint})` : error.message;
  if (error instanceof Error && 'code' in error) return `${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** What listen() says, in words. */
function explainListen(error: unknown, address: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') return `the address ${address} is in use by another process`;
  if (code === 'EACCES') return `not allowed to listen on ${address}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `the address ${address} is not one of this machine's`;
  return describe(error);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === null) {
    process.stdout.write(HELP);
    return 0;
  }
  let stop: (code: number) => void = () => undefined;
  const stopped = new Promise<number>((settle) => {
    stop = settle;
  });
  const failpoint = process.env['MILLRACE_FAILPOINT'];
  const failpointLog = process.env['MILLRACE_FAILPOINT_LOG'];
  const failpoints = nodeFailpoints({
    kill: failpoint === undefined ? null : parseFailpoint(failpoint),
    logPath: failpointLog ?? null,
  });
  const world = { ...nodeWorld, failpoints };
  // Loaded here, so that --help and a mistake in the options are answered at once.
  const { startServer } = await import('./start-server.ts');
  let server: RunningServer;
  try {
    server = await startServer({ ...options, dataDirectory: resolve(options.dataDirectory) }, world, {
      onFatal(error) {
        say(`stopping, so that recovery decides what is on disk: ${describe(error)}`);
        process.exit(1);
      },
      onProblem: (message, error) => say(error === null ? message : `${message}: ${describe(error)}`),
    });
  } catch (error) {
    say(explainListen(error, `${options.host}:${options.port}`));
    return 1;
  }
  // Not `once`: npm and the terminal both send Ctrl-C's SIGINT, and the second would end the process in the middle of the flush.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop(0));
  const { host, port } = server.address;
  process.stdout.write(
    `millrace: ready for PostgreSQL clients on ${host}:${port}, data in ${options.dataDirectory} (psql -h ${host} -p ${port} -U anyone)\n`,
  );
  const keepAlive = setInterval(() => undefined, 60_000);
  const code = await stopped;
  clearInterval(keepAlive);
  try {
    await server.close();
    return code;
  } catch (error) {
    say(`could not flush everything; it is in the log and will be there at the next start: ${describe(error)}`);
    return 1;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    say(describe(error));
    process.exit(1);
  },
);
