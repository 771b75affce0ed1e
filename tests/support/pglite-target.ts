import { PGlite } from '@electric-sql/pglite';
import { AnswerCollector, mustRun, type SqlAnswer, type SqlConnection, type SqlTarget } from './sql-answer.ts';

/** What PGlite hands back of the protocol, as far as it is read here. */
interface ProtocolMessage {
  readonly name: string;
  readonly fields?: readonly unknown[];
  readonly text?: string;
  readonly code?: string;
  readonly message?: string;
}

function queryMessage(sql: string): Uint8Array {
  const body = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q', 0, 'latin1');
  head.writeInt32BE(body.length + 4, 1);
  return new Uint8Array(Buffer.concat([head, body]));
}

async function askPglite(database: PGlite, sql: string): Promise<SqlAnswer> {
  const collector = new AnswerCollector();
  const { messages } = await database.execProtocol(queryMessage(sql), { throwOnError: false });
  for (const message of messages as unknown as readonly ProtocolMessage[]) {
    if (message.name === 'rowDescription') {
      collector.describe(message.fields as readonly { name: string; dataTypeID: number }[]);
    } else if (message.name === 'dataRow') collector.row(message.fields as readonly (string | null)[]);
    else if (message.name === 'commandComplete') collector.complete(message.text ?? '');
    else if (message.name === 'error') collector.fail(message);
  }
  return collector.answer;
}

/** PostgreSQL 18 in WebAssembly, C collation, in memory: an oracle that is there wherever tests are. It has one session. */
export async function startPgliteTarget(): Promise<SqlTarget> {
  const database = await PGlite.create();
  const connection: SqlConnection = { ask: (sql) => askPglite(database, sql), close: async () => undefined };
  await mustRun(connection, `set timezone = 'UTC'; set client_min_messages = 'warning'`);
  return {
    name: 'pglite',
    connect: async () => connection,
    clear: async () => void (await mustRun(connection, 'drop schema public cascade; create schema public')),
    close: () => database.close(),
  };
}
