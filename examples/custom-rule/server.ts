// A server with a rule more and a rule less.
import { nodeWorld } from '@millrace/core/node';
import { type RunningServer, startServer } from '@millrace/server';
import { narrowDays } from './narrow-days.ts';

/** Starts it on a port of this machine; the caller closes it. */
export function startRuleServer(dataDirectory: string, port: number): Promise<RunningServer> {
  const options = { dataDirectory, host: '127.0.0.1', port, memoryBytes: 256 * 1024 * 1024, disabledRules: [] };
  return startServer(options, nodeWorld, {
    // Ours does for days what the standard rule does for every expression that rises.
    configure: (builder) => builder.use([narrowDays]).disableRule('infer-predicates'),
    onFatal: (error) => {
      throw error;
    },
  });
}
