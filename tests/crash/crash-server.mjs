// The ready-made server with a log of tiny segments and quick flushes, so that every step of append, flush, commit, publish and truncate comes up within
// a second of load. Failpoints as for the real one: MILLRACE_FAILPOINT=name:hit, MILLRACE_FAILPOINT_LOG=file.
import { nodeFailpoints, nodeWorld, parseFailpoint } from '@millrace/core/node';
import { startServer } from '@millrace/server';

const [directory = ''] = process.argv.slice(2);
const failpoint = process.env['MILLRACE_FAILPOINT'];
const server = await startServer(
  { dataDirectory: directory, host: '127.0.0.1', port: 0, memoryBytes: 256 * 1024 * 1024, disabledRules: [] },
  {
    ...nodeWorld,
    failpoints: nodeFailpoints({
      kill: failpoint === undefined ? null : parseFailpoint(failpoint),
      logPath: process.env['MILLRACE_FAILPOINT_LOG'] ?? null,
    }),
  },
  {
    flushAfterMs: 100,
    flushBytes: 64 * 1024,
    walLimits: { walSegmentBytes: 8 * 1024, walRecordBytesMax: 1024 * 1024 },
    onFatal(error) {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  },
);
process.stdout.write(`ready ${server.address.port}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
setInterval(() => undefined, 60_000);
