import pg from 'pg';

/** A column as RowDescription names it. */
export interface AnswerColumn {
  readonly name: string;
  readonly typeOid: number;
}

/** What a server says to one text sent as a simple query. Values are text, as the protocol has them. Of several statements the last one counts. */
export type SqlAnswer =
  | {
      readonly kind: 'rows';
      readonly columns: readonly AnswerColumn[];
      readonly rows: readonly (readonly (string | null)[])[];
    }
  | { readonly kind: 'done'; readonly tag: string }
  | { readonly kind: 'error'; readonly sqlstate: string; readonly message: string };

/** A session of some SQL server. */
export interface SqlConnection {
  ask(sql: string): Promise<SqlAnswer>;
  close(): Promise<void>;
}

/** A server that tests may fill with what they want, and empty. */
export interface SqlTarget {
  readonly name: string;
  connect(): Promise<SqlConnection>;
  /** Drops whatever tests left behind; the sessions stay. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

interface ErrorFields {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/** Collects the messages that answer one simple query, whoever delivers them. */
export class AnswerCollector {
  #columns: readonly AnswerColumn[] | null = null;
  #rows: (readonly (string | null)[])[] = [];
  #answer: SqlAnswer = { kind: 'done', tag: '' };

  describe(fields: readonly { readonly name: string; readonly dataTypeID: number }[]): void {
    this.#columns = fields.map(({ name, dataTypeID }) => ({ name, typeOid: dataTypeID }));
  }

  row(values: readonly (string | null)[]): void {
    this.#rows.push(values);
  }

  complete(tag: string): void {
    const columns = this.#columns;
    this.#answer = columns === null ? { kind: 'done', tag } : { kind: 'rows', columns, rows: this.#rows };
    this.#columns = null;
    this.#rows = [];
  }

  fail({ code = '', message = '' }: ErrorFields): void {
    this.#answer = { kind: 'error', sqlstate: code, message };
  }

  get answer(): SqlAnswer {
    return this.#answer;
  }
}

/** Sends one text as a simple query. */
function askClient(client: pg.Client, sql: string): Promise<SqlAnswer> {
  const collector = new AnswerCollector();
  return new Promise((resolve, reject) => {
    const onEnd = (): void => reject(new Error(`the server closed the connection during: ${sql}`));
    client.once('end', onEnd);
    const end = (): void => {
      client.off('end', onEnd);
      resolve(collector.answer);
    };
    client.query({
      submit: (connection: { query(text: string): void }) => connection.query(sql),
      handleRowDescription: (message: { fields: { name: string; dataTypeID: number }[] }) =>
        collector.describe(message.fields),
      handleDataRow: (message: { fields: (string | null)[] }) => collector.row(message.fields),
      handleCommandComplete: (message: { text: string }) => collector.complete(message.text),
      handleEmptyQuery: () => collector.complete(''),
      // node-pg takes an error for the end of a query; the next one waits for ReadyForQuery in its queue.
      handleError: (error: ErrorFields) => {
        collector.fail(error);
        end();
      },
      handleReadyForQuery: end,
    } as unknown as pg.Submittable);
  });
}

/** Opens a session over the PostgreSQL protocol. */
export async function connectPg(connection: pg.ClientConfig): Promise<SqlConnection> {
  const client = new pg.Client(connection);
  client.on('error', () => undefined);
  await client.connect();
  return { ask: (sql) => askClient(client, sql), close: () => client.end() };
}

/** Runs a statement that must not fail. */
export async function mustRun(connection: SqlConnection, sql: string): Promise<SqlAnswer> {
  const answer = await connection.ask(sql);
  if (answer.kind === 'error') throw new Error(`${answer.sqlstate} ${answer.message}\n${sql}`);
  return answer;
}
