// A server whose users are tenants.
import { nodeWorld } from '@millrace/core/node';
import { type RunningServer, startServer } from '@millrace/server';
import { tenants } from './tenant-policy.ts';

/** Starts it on a port of this machine; the caller closes it. */
export function startTenantServer(dataDirectory: string, port: number): Promise<RunningServer> {
  const options = { dataDirectory, host: '127.0.0.1', port, memoryBytes: 256 * 1024 * 1024, disabledRules: [] };
  return startServer(options, nodeWorld, {
    configure: (builder) => builder.use(tenants),
    onFatal: (error) => {
      throw error;
    },
  });
}
