import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Limits } from '@millrace/core';
import { nodeWorld } from '@millrace/core/node';
import type { EngineBuilder } from '@millrace/engine';
import { type RunningServer, startServer } from '@millrace/server';
import pg from 'pg';

/** A server in this process, on a free port, with a data directory of its own that goes away with it. */
export interface TestServer {
  readonly server: RunningServer;
  readonly directory: string;
  readonly port: number;
  /** A node-pg client that is connected, with every value as text. */
  connect(): Promise<pg.Client>;
  /** Stops the server and starts another one on the same directory. */
  restart(): Promise<TestServer>;
  close(): Promise<void>;
}

const MEMORY_BYTES = 256 * 1024 * 1024;

/** Starts a server; `directory` to use one that exists. */
export async function startTestServer(
  options: {
    readonly directory?: string;
    readonly configure?: (builder: EngineBuilder) => EngineBuilder;
    readonly memoryBytes?: number;
    /** As `--frontend`. */
    readonly frontend?: 'libpg' | 'portable';
    readonly limits?: Partial<Limits>;
  } = {},
): Promise<TestServer> {
  const directory = options.directory ?? mkdtempSync(join(tmpdir(), 'millrace-test-'));
  const clients: pg.Client[] = [];
  const server = await startServer(
    {
      dataDirectory: directory,
      host: '127.0.0.1',
      port: 0,
      memoryBytes: options.memoryBytes ?? MEMORY_BYTES,
      disabledRules: [],
      ...(options.frontend === undefined ? {} : { frontend: options.frontend }),
    },
    nodeWorld,
    {
      onFatal: (error) => {
        throw error;
      },
      ...(options.configure === undefined ? {} : { configure: options.configure }),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    },
  );
  const stop = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end().catch(() => undefined)));
    await server.close();
  };
  return {
    server,
    directory,
    port: server.address.port,
    async connect() {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: server.address.port,
        user: 'anyone',
        types: { getTypeParser: () => String },
      });
      await client.connect();
      clients.push(client);
      return client;
    },
    async restart() {
      await stop();
      return startTestServer({ ...options, directory });
    },
    async close() {
      await stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The rows of a query as arrays of text. */
export async function rowsOf(
  client: pg.Client,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<unknown[][]> {
  const result = await client.query({ text: sql, values: [...parameters], rowMode: 'array' });
  return result.rows as unknown[][];
}
