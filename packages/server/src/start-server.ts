import type { Limits, ListenAddress, Listener, Metrics } from '@millrace/core';
import { createEngine, type Engine, type EngineBuilder } from '@millrace/engine';
import { servePgwire } from '@millrace/pgwire';
import type { SqlFrontend } from '@millrace/planner';
import { standardRules } from '@millrace/rules';
import { type DataDirectoryOptions, openDataDirectory, type World } from './open-data-directory.ts';
import { requireLoopback, type ServerOptions } from './options.ts';

/** A running server. */
export interface RunningServer {
  readonly address: ListenAddress;
  readonly engine: Engine;
  /** Counters of this server: `insert_fast_path`, `wal_syncs` ...; SHOW millrace.metrics shows the same. */
  readonly metrics: Metrics;
  /** Stops accepting, finishes running statements, flushes, lets go of the data directory. */
  close(): Promise<void>;
}

/** How long running statements may take to finish at a shutdown, in milliseconds. */
const DRAIN_MS = 10_000;

/**
 * The ready-made server: standard rules, one data directory, PostgreSQL's protocol. `configure` may add rules, policies, hooks. Refuses non-loopback
 * addresses (no users yet), a data directory or port in use.
 */
export async function startServer(
  options: ServerOptions,
  world: World & { readonly listener: Listener },
  hooks: Omit<DataDirectoryOptions, 'memoryBytes'> & {
    readonly configure?: (builder: EngineBuilder) => EngineBuilder;
    /** Lower limits of the protocol, such as connectionsMax; what is left out is as in LIMITS. */
    readonly limits?: Partial<Limits>;
  },
): Promise<RunningServer> {
  requireLoopback(options.host);
  const data = await openDataDirectory(options.dataDirectory, world, {
    ...hooks,
    memoryBytes: options.memoryBytes,
  });
  try {
    let builder = createEngine(data).use(standardRules());
    if (options.frontend === 'portable') builder = builder.use(await loadPortable());
    if (hooks.configure) builder = hooks.configure(builder);
    for (const name of expandAll(options.disabledRules)) builder = builder.disableRule(name);
    const engine = await builder.build();
    const pgwire = await servePgwire({
      listener: world.listener,
      address: { host: options.host, port: options.port },
      handler: engine,
      clock: world.clock,
      random: world.random,
      metrics: data.metrics,
      authentication: 'trust',
      ...(hooks.limits === undefined ? {} : { limits: hooks.limits }),
    });
    return {
      address: pgwire.address,
      engine,
      metrics: data.metrics,
      async close() {
        await pgwire.close({ deadlineMs: DRAIN_MS });
        await engine.close({ flush: true });
        await data.close();
      },
    };
  } catch (error) {
    await data.transactionStore.close({ flush: false }).catch(() => undefined);
    await data.close();
    throw error;
  }
}

/** Loaded only where it is asked for: it brings a parser of its own. */
async function loadPortable(): Promise<SqlFrontend> {
  const { portableFrontend } = await import('@millrace/planner/portable');
  return portableFrontend();
}

function expandAll(names: readonly string[]): readonly string[] {
  return names.includes('all') ? standardRules().map((rule) => rule.name) : names;
}
