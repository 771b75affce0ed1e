import type { EngineBuilder } from '@millrace/engine';
import { type PostgresServer, startPostgres } from './postgres-cluster.ts';
import { connectPg, mustRun, type SqlConnection, type SqlTarget } from './sql-answer.ts';
import { startTestServer } from './test-server.ts';

/** What every session of a comparison starts with, on either side. */
const COMMON_SETTINGS = `set timezone = 'UTC'; set client_min_messages = 'warning'`;

/** How a millrace under test is set up. */
export interface MillraceOptions {
  readonly configure?: (builder: EngineBuilder) => EngineBuilder;
  /** Statements that every session begins with. */
  readonly session?: readonly string[];
}

/** A millrace of this run's own, in this process. */
export async function startMillraceTarget({ configure, session = [] }: MillraceOptions = {}): Promise<SqlTarget> {
  const server = await startTestServer(configure === undefined ? {} : { configure });
  const connect = async (): Promise<SqlConnection> => {
    const connection = await connectPg({ host: '127.0.0.1', port: server.port, user: 'anyone' });
    for (const sql of [COMMON_SETTINGS, ...session]) await mustRun(connection, sql);
    return connection;
  };
  return {
    name: 'millrace',
    connect,
    async clear() {
      const connection = await connect();
      const tables = await mustRun(
        connection,
        `select quote_ident(tablename) from pg_tables where schemaname = 'public'`,
      );
      const names = tables.kind === 'rows' ? tables.rows.flat() : [];
      if (names.length > 0) await mustRun(connection, `drop table ${names.join(', ')}`);
      await connection.close();
    },
    close: () => server.close(),
  };
}

/** A real PostgreSQL with a database of this run's own; null where none is installed (see `startPostgres`). */
export async function startPostgresTarget(): Promise<(SqlTarget & { readonly version: string }) | null> {
  const server: PostgresServer | null = await startPostgres();
  if (server === null) return null;
  const connect = async (): Promise<SqlConnection> => {
    const connection = await connectPg(server.connection);
    await mustRun(connection, COMMON_SETTINGS);
    return connection;
  };
  return {
    name: 'postgres',
    version: server.version,
    connect,
    async clear() {
      const connection = await connect();
      await mustRun(connection, 'drop schema public cascade; create schema public');
      await connection.close();
    },
    close: () => server.close(),
  };
}
