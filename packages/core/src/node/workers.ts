import { Worker } from 'node:worker_threads';
import { type ErrorInfo, MillraceError } from '../errors/millrace-error.ts';
import { failure } from '../errors/table.ts';
import type { WorkerEntry, Workers, WorkerThread } from '../ports/workers.ts';

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: DescribedError;
}
interface DescribedError {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly key?: string;
  readonly sqlstate?: string;
  readonly code?: string;
  readonly info?: ErrorInfo;
}
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** `worker_threads`. An idle thread does not keep the process alive; one that died is started anew by the next call. */
export const nodeWorkers: Workers = Object.freeze({
  spawn: (entry: WorkerEntry): WorkerThread => new NodeWorkerThread(entry.url),
});

class NodeWorkerThread implements WorkerThread {
  readonly #url: string;
  readonly #waiting: Map<number, Waiting> = new Map();
  #worker: Worker | null = null;
  #nextId = 1;
  #isClosed = false;

  constructor(url: string) {
    this.#url = url;
  }

  call(
    message: unknown,
    options: { readonly transfer?: readonly ArrayBuffer[]; readonly signal?: AbortSignal } = {},
  ): Promise<unknown> {
    const { signal, transfer = [] } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      if (this.#isClosed) return reject(failure('internal', { message: `worker ${this.#url} is closed` }));
      const worker = this.#running();
      const id = this.#nextId++;
      const settle = (): void => {
        this.#waiting.delete(id);
        signal?.removeEventListener('abort', onAbort);
        if (this.#waiting.size === 0) worker.unref();
      };
      // The thread finishes what it does; nobody waits for it any more.
      const onAbort = (): void => {
        settle();
        reject(signal?.reason);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, {
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      });
      worker.ref();
      try {
        worker.postMessage({ id, message }, [...transfer]);
      } catch (error) {
        this.#waiting.get(id)?.reject(error);
      }
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
    this.#failAll(failure('internal', { message: `worker ${this.#url} was closed` }));
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const isSource = this.#url.endsWith('.ts');
    const worker = new Worker(new URL('./worker-bootstrap.mjs', import.meta.url), {
      workerData: { entry: this.#url },
      ...(isSource ? { execArgv: ['--conditions=source', '--no-warnings'] } : {}),
    });
    worker.on('message', (reply: Reply) => this.#answer(reply));
    worker.on('error', (error) => this.#died(worker, error));
    worker.on('exit', (code) =>
      this.#died(worker, failure('internal', { message: `worker ${this.#url} exited with code ${code}` })),
    );
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #answer(reply: Reply): void {
    const waiting = this.#waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.error === undefined) waiting.resolve(reply.value);
    else waiting.reject(revive(reply.error));
  }

  #died(worker: Worker, error: unknown): void {
    if (this.#worker === worker) this.#worker = null;
    else if (this.#worker !== null) return;
    this.#failAll(error);
  }

  #failAll(error: unknown): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
  }
}

function revive(error: DescribedError): Error {
  if (error.key !== undefined && error.sqlstate !== undefined) {
    const revived = new MillraceError(error.key, error.sqlstate, error.message, error.info ?? {});
    if (error.stack !== undefined) revived.stack = error.stack;
    return revived;
  }
  const revived = failure('internal', { message: error.message });
  if (error.stack !== undefined) revived.stack = error.stack;
  return error.code === undefined ? revived : Object.assign(revived, { code: error.code });
}
