import {
  asMillraceError,
  type Field,
  failure,
  type ParameterValue,
  type QuerySession,
  type RecordBatch,
  type ResultColumn,
  type SessionStartup,
  type StatementResult,
  type Value,
  valueAt,
} from '@millrace/core';
import { toArrowBatch, toArrowTable } from '@millrace/core/arrow';
import type { Engine } from '../engine.ts';
import { GuardedGenerator } from '../session/guarded-generator.ts';

/** Arrow types as `@millrace/core/arrow` gives them (`apache-arrow`). */
export type ArrowTable = ReturnType<typeof toArrowTable>;
export type ArrowRecordBatch = ReturnType<typeof toArrowBatch>;

/** A finished query: its rows, in memory. */
export interface ClientResult {
  readonly columns: readonly ResultColumn[];
  readonly rowCount: number;
  /** As PostgreSQL says it, with the count: `SELECT 2`, `INSERT 0 3`. */
  readonly tag: string;
  readonly batches: readonly RecordBatch[];
  /** Objects by column name; values as `Value` describes them (int8 bigint, numeric text, timestamps in microseconds). */
  rows(): readonly Readonly<Record<string, Value>>[];
  /** An apache-arrow table over the same memory. */
  toArrow(): ArrowTable;
}

/** A query that is read while it runs: apache-arrow record batches, pulled as fast as the caller takes them. */
export interface ClientStream {
  readonly columns: readonly ResultColumn[];
  readonly batches: AsyncGenerator<ArrowRecordBatch, void, void>;
}

/**
 * A session without a network: the same engine, transactions and errors (MillraceError with SQLSTATE) as over the protocol. Calls may be made
 * without waiting for each other: they run one after the other, in the order of the calls; the pulls of a stream come in between.
 */
export interface Client {
  /** Runs one statement with `$n` values; outside BEGIN it is committed (law 1) when this resolves. */
  query(sql: string, parameters?: readonly Value[], signal?: AbortSignal): Promise<ClientResult>;
  /** Law: whoever takes a stream reads its batches to the end or calls `return` (as `for await` does when it is left). */
  stream(sql: string, parameters?: readonly Value[], signal?: AbortSignal): Promise<ClientStream>;
  close(): Promise<void>;
}

type Exclusive = <T>(step: () => Promise<T>) => Promise<T>;

/** Opens a session of the library API. */
export async function openClient(
  engine: Engine,
  startup: Partial<Pick<SessionStartup, 'user' | 'database' | 'settings'>> = {},
): Promise<Client> {
  const session = await engine.connect({
    user: startup.user ?? 'library',
    database: startup.database ?? 'millrace',
    settings: startup.settings ?? [],
    processId: 0,
    remote: 'library',
  });
  const exclusive = oneAtATime();
  return {
    query(sql, parameters = [], signal = new AbortController().signal) {
      return exclusive(async () => {
        const result = await start(session, sql, { parameters, signal });
        const batches: RecordBatch[] = [];
        for await (const batch of result.batches) batches.push(batch);
        return clientResult(result, batches, await finish(session, result));
      });
    },
    async stream(sql, parameters = [], signal = new AbortController().signal) {
      const result = await exclusive(() => start(session, sql, { parameters, signal }));
      return { columns: result.columns ?? [], batches: arrowBatches(session, result, exclusive) };
    },
    close: () => session.close(),
  };
}

/** Steps run one after the other, whether the one before succeeds or not. */
function oneAtATime(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (step) => {
    const done = last.then(step, step);
    last = done.catch(() => undefined);
    return done;
  };
}

/** Read to the end, the statement completes and commits; given up, its transaction ends too. */
function arrowBatches(session: QuerySession, result: StatementResult, exclusive: Exclusive): ClientStream['batches'] {
  const fields = fieldsOf(result.columns ?? []);
  async function* batches(): ClientStream['batches'] {
    for (;;) {
      const step = await exclusive(() => result.batches.next());
      if (step.done) break;
      yield toArrowBatch(step.value, fields);
    }
    await exclusive(() => finish(session, result));
  }
  return new GuardedGenerator(batches(), {
    onEnd: () =>
      exclusive(async () => {
        await result.batches.return();
        await session.sync();
      }).catch(() => undefined),
  });
}

async function start(
  session: QuerySession,
  sql: string,
  options: { readonly parameters: readonly Value[]; readonly signal: AbortSignal },
): Promise<StatementResult> {
  const values = options.parameters.map((value): ParameterValue => (value === null ? null : { kind: 'value', value }));
  try {
    const prepared = await session.prepare('', sql, []);
    const result = await session.execute(prepared, values, options.signal);
    if (result.copy === undefined && result.copyIn === undefined) return result;
    await result.batches.return();
    throw failure('notSupported', { feature: 'COPY in the library API (SELECT gives the rows)' });
  } catch (error) {
    await session.sync();
    throw asMillraceError(error);
  }
}

/** Completes and commits; the tag with its count. */
async function finish(session: QuerySession, result: StatementResult): Promise<string> {
  try {
    const tag = await result.complete();
    await session.sync();
    return tag.text;
  } catch (error) {
    await session.sync().catch(() => undefined);
    throw asMillraceError(error);
  }
}

function clientResult(result: StatementResult, batches: readonly RecordBatch[], tag: string): ClientResult {
  const columns = result.columns ?? [];
  const rowCount = batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  return {
    columns,
    rowCount,
    tag: tag === 'SELECT' ? `SELECT ${rowCount}` : tag,
    batches,
    rows: () => batches.flatMap((batch) => rowsOf(batch, columns)),
    toArrow: () => toArrowTable(batches, fieldsOf(columns)),
  };
}

function rowsOf(batch: RecordBatch, columns: readonly ResultColumn[]): readonly Readonly<Record<string, Value>>[] {
  return Array.from({ length: batch.rowCount }, (_, row) => {
    const record: Record<string, Value> = Object.create(null);
    columns.forEach((column, index) => {
      const vector = batch.vectors[index];
      record[column.name] = vector === undefined ? null : valueAt(vector, row);
    });
    return record;
  });
}

/** The result's columns as fields; any of them may hold NULL. */
export function fieldsOf(columns: readonly ResultColumn[]): readonly Field[] {
  return columns.map(({ name, type }) => ({ name, type, nullable: true }));
}
