import pg from 'pg';
import { installedPostgres, startPostgres } from '../../support/postgres-cluster.ts';
import { familyBytes } from './process-figures.ts';
import type { Target } from './target.ts';

const SETTINGS = ['fsync', 'synchronous_commit', 'wal_sync_method', 'full_page_writes', 'shared_buffers'];

/** Debian's PostgreSQL in a temporary cluster, with its defaults; null where it is not installed. */
export async function startPostgresTarget(parent: string): Promise<Target | null> {
  if (installedPostgres() === null) return null;
  const server = await startPostgres({ fsync: true, parent });
  if (server === null || server.pid === null) return null;
  const { pid } = server;
  const { port = 0, user = '', database = '' } = server.connection;
  const admin = new pg.Client({ ...server.connection, types: { getTypeParser: () => String } });
  await admin.connect();
  const ask = async (sql: string): Promise<string[][]> =>
    (await admin.query<string[]>({ text: sql, rowMode: 'array' })).rows;
  const settings: string[] = [];
  for (const name of SETTINGS) settings.push(`${name} ${(await ask(`show ${name}`))[0]?.[0] ?? '?'}`);
  return {
    name: 'postgres',
    version: `PostgreSQL ${server.version}`,
    durability: settings.join(', '),
    address: { port, user, database: database ?? '' },
    pid,
    settleSql: '',
    ask,
    async syncs() {
      // Its backends report once a second at most, or when they end.
      await ask('select pg_stat_force_next_flush()');
      return Number((await ask('select wal_sync from pg_stat_wal'))[0]?.[0] ?? 0);
    },
    begin: async () => undefined,
    end: async () => null,
    watch: () => ({ stop: () => [[0, familyBytes(pid)]] }),
    tablePath: () => null,
    async close() {
      await admin.end();
      await server.close();
    },
  };
}
