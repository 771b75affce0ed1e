import type { CopyFormat } from '../codec/copy-format.ts';
import type { DataType, TypeKind } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import type { RecordBatch } from '../vector/column-vector.ts';

/** What a protocol talks to; `@millrace/engine` implements it. */
export interface QueryHandler {
  /** Starts a session; rejects with a MillraceError (3D000, 28000, 42704 ...) that ends the connection. */
  connect(startup: SessionStartup): Promise<QuerySession>;
}
/** Who connects, from where, with which settings. */
export interface SessionStartup {
  readonly user: string;
  readonly database: string;
  /** Settings from the startup packet (`application_name`, `TimeZone`, `options` already split up), in order. */
  readonly settings: readonly (readonly [name: string, value: string])[];
  readonly processId: number;
  readonly remote: string;
}
/** What ReadyForQuery shows as `I`, `T` and `E`. */
export type TransactionStatus = 'idle' | 'block' | 'failed';

/** A column of a result. `tableOid`/`attributeNumber` are 0 unless it is a plain column of a table. */
export interface ResultColumn {
  readonly name: string;
  readonly type: DataType;
  readonly tableOid: number;
  readonly attributeNumber: number;
}

/**
 * One client's session. Calls do not overlap: the caller awaits each before the next (a pending `next()` of a result's `batches` counts as a call).
 * Between calls a query's result may stay open (a suspended portal) while other statements run; one that is given up gets `batches.return()` and never
 * `complete`. When something goes wrong while a result of `query` is open, the generator is told by `throw(error)` and throws what the client is shown.
 * Law 1: `complete()` of the statement that ends a transaction, and `sync()`, resolve after fsync.
 */
export interface QuerySession {
  readonly status: TransactionStatus;
  /** All reported settings (ParameterStatus) at first, then those that changed since the last call. */
  takeReports(): readonly (readonly [name: string, value: string])[];
  /** Messages of severity below ERROR since the last call. */
  takeNotices(): readonly Notice[];
  /** How values are printed now. */
  readonly format: FormatSettings;
  /**
   * The simple protocol: runs the statements of the text one after the other; the caller drains and completes each result before it asks
   * for the next (what it does not take is given up then). Several statements are one implicit transaction, together with what was executed
   * since the last `sync`; a text, also an empty one, ends it. An empty text yields one result of kind `empty`. After a throw the implicit
   * transaction is rolled back already.
   */
  query(sql: string, signal: AbortSignal): AsyncGenerator<StatementResult, void, void>;
  /** Parse. `parameterOids` 0 or missing = infer. Name '' replaces silently. */
  prepare(name: string, sql: string, parameterOids: readonly number[]): Promise<PreparedStatement>;
  /** 26000 if there is none. */
  statement(name: string): PreparedStatement;
  /** Succeeds also when there is none. */
  closeStatement(name: string): void;
  /** Starts an Execute of a bound statement, inside the implicit transaction if there is no block. */
  execute(
    statement: PreparedStatement,
    parameters: readonly ParameterValue[],
    signal: AbortSignal,
  ): Promise<StatementResult>;
  /**
   * Sync: commits the implicit transaction; throws if that fails. Also called after an error (then it only ends the implicit transaction, rolled back). `signal`
   * ends what follows a commit that has happened (the wait for Delta of `millrace.commit_level = delta`), never the commit.
   */
  sync(signal?: AbortSignal): Promise<void>;
  /** The protocol met an error while the session was not running (bad message, unknown portal): the transaction fails as for any statement. Idempotent: also called after a failure that the session knows. */
  fail(): void;
  /** Waits for a call that runs (abort its signal to hurry it), gives up open results, rolls back and frees everything. Idempotent; later calls throw 57P01. */
  close(): Promise<void>;
}
/** A parsed statement as the protocol sees it; the handler keeps more behind it. */
export interface PreparedStatement {
  readonly name: string;
  readonly sql: string;
  readonly parameterTypes: readonly DataType[];
  /** null for statements that return no rows. */
  readonly columns: readonly ResultColumn[] | null;
  /** `empty` for text without a statement: Execute answers EmptyQueryResponse. */
  readonly isEmpty: boolean;
  /** Re-executing the finished portal of one of these answers 55000 (utility, DML) instead of no rows (SELECT). */
  readonly isQuery: boolean;
  /** COMMIT and ROLLBACK: all that can be bound in a failed block. */
  readonly endsTransaction: boolean;
}
/** A parameter as it came: bytes in text (0) or binary (1) format, not yet decoded (null = NULL), or a ready value of the library API. */
export type ParameterValue =
  | null
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly format: 0 | 1 }
  | { readonly kind: 'value'; readonly value: Value };
/** A running statement: its rows first, then its completion. */
export interface StatementResult {
  readonly isEmpty: boolean;
  /** null = no rows (DDL, DML, SET). */
  readonly columns: readonly ResultColumn[] | null;
  /** COPY ... TO STDOUT: the rows leave in this format instead of as DataRows; absent for everything else. */
  readonly copy?: CopyFormat;
  /** COPY ... FROM STDIN: the statement waits for the client's data. `receive` is called once, before `complete`; absent for everything else. */
  readonly copyIn?: CopyIn;
  /**
   * Batches whose vectors match `columns`; must be drained or returned before `complete`, and returned if they are given up, also before the
   * first pull: they hold pins until then. They show the tables as they were when the statement started, whatever happens meanwhile. Empty when
   * columns is null.
   */
  readonly batches: AsyncGenerator<RecordBatch, void, void>;
  /**
   * Ends the statement and gives its command tag without the row count of a query (`SELECT`, `INSERT 0 3`, `CREATE TABLE`, `BEGIN`); outside
   * a block and for the last statement of an implicit transaction of `query` it commits first. `SHOW`/`EXPLAIN` have tags without count.
   */
  complete(): Promise<CommandTag>;
}
/** A COPY ... FROM STDIN that runs. */
export interface CopyIn {
  /** 0 text and csv, 1 binary. */
  readonly formatCode: 0 | 1;
  readonly columnCount: number;
  /**
   * Reads the source to its end: bytes become rows of the transaction, a batch at a time; the source is asked for more only when what came before is
   * done with. Throws the source's error, or what is wrong with the data; nothing is there then.
   */
  receive(source: CopySource): Promise<void>;
}
/** The data that a client sends, in pieces of any size. */
export interface CopySource {
  /** The next piece, at once where it is here already; null at the end. Rejects when the client gives up or `signal` aborts. Pieces are not written to any more. */
  next(signal: AbortSignal): Uint8Array | null | Promise<Uint8Array | null>;
}
/** The text of CommandComplete. */
export interface CommandTag {
  readonly text: string;
  /** True for SELECT (and the like): the protocol appends the number of rows it sent. */
  readonly appendRowCount: boolean;
}
/** A NoticeResponse. */
export interface Notice {
  readonly severity: 'WARNING' | 'NOTICE' | 'INFO' | 'DEBUG';
  readonly sqlstate: string;
  readonly message: string;
  readonly hint?: string;
}
/** The session settings that text output depends on. Other styles than these are refused by SET (0A000). */
export interface FormatSettings {
  readonly timeZone: string;
  readonly dateStyle: 'ISO';
  readonly intervalStyle: 'postgres';
  readonly byteaOutput: 'hex' | 'escape';
  /** <= 0 rounds floats to 15 (6) digits; 1..3 prints the shortest text that reads back the same. */
  readonly extraFloatDigits: number;
  /** What `now`, `today` ... mean in text input (the transaction's start, microseconds UTC); without it they are refused (0A000). */
  readonly nowMicros?: bigint | undefined;
  /** The name that a reg* value prints as (`events` for a regclass); undefined prints the number. */
  readonly objectName?: ((kind: TypeKind, oid: number) => string | undefined) | undefined;
}
