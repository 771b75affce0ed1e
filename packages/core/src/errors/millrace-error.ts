/** The fields of an ErrorResponse besides SQLSTATE and message (PostgreSQL manual, 55.8). */
export interface ErrorInfo {
  readonly detail?: string | undefined;
  readonly hint?: string | undefined;
  /** 1-based, in characters of the statement. */
  readonly position?: number | undefined;
  readonly schema?: string | undefined;
  readonly table?: string | undefined;
  readonly column?: string | undefined;
  readonly constraint?: string | undefined;
  /** Where in the data it happened, PostgreSQL's CONTEXT: `COPY t, line 3, column a: "x"`. */
  readonly where?: string | undefined;
  readonly cause?: unknown;
}

/** Every error that can reach a client. Made by `fail(key, ...)` from the table in `table.ts`, never directly. */
export class MillraceError extends Error {
  readonly sqlstate: string;
  readonly key: string;
  readonly info: ErrorInfo;
  constructor(key: string, sqlstate: string, message: string, info: ErrorInfo) {
    super(message, { cause: info.cause });
    this.name = 'MillraceError';
    this.key = key;
    this.sqlstate = sqlstate;
    this.info = info;
  }
}

/** A broken assertion: a bug in millrace, XX000 at the client. The only error not made from the table. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssertionError';
  }
}

/** Throws an AssertionError unless the condition holds. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}
