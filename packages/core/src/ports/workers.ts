/**
 * Threads for work that must not block the event loop (Parquet, compaction). A task is named by the module that exports
 * `handle(message): Promise<reply> | reply`. Messages are structured clones; `transfer` moves buffers, so never one a query may still read.
 */
export interface Workers {
  /** A thread that runs the module; started on the first call. */
  spawn(entry: WorkerEntry): WorkerThread;
}
/** The module that a thread runs. */
export interface WorkerEntry {
  /** URL of the module, from `import.meta.url`. */
  readonly url: string;
  /** Loads the same module in this thread, for simulated Workers. */
  readonly load: () => Promise<WorkerModule>;
}
/** What that module exports. */
export interface WorkerModule {
  handle(message: unknown): Promise<WorkerReply> | WorkerReply;
}
/** An answer, with the buffers that move to the caller instead of being copied. */
export interface WorkerReply {
  readonly value: unknown;
  readonly transfer?: readonly ArrayBuffer[];
}
/** A thread that answers calls, several at a time. */
export interface WorkerThread {
  /** Rejects with the error the module threw; MillraceErrors keep key, SQLSTATE and info. */
  call(
    message: unknown,
    options?: { readonly transfer?: readonly ArrayBuffer[]; readonly signal?: AbortSignal },
  ): Promise<unknown>;
  close(): Promise<void>;
}
