import { Worker } from 'node:worker_threads';
import { failure } from '../errors/table.ts';

interface Reply {
  readonly id: number;
  readonly code?: string;
  readonly message?: string;
}
interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** One thread for the syncs of logs, started by the first; it does not keep the process alive while idle. */
class SyncThread {
  readonly #waiting: Map<number, Waiting> = new Map();
  #worker: Worker | null = null;
  #nextId = 1;

  sync(descriptor: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const worker = this.#running();
      const id = this.#nextId++;
      this.#waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, descriptor });
    });
  }

  #running(): Worker {
    if (this.#worker !== null) return this.#worker;
    const worker = new Worker(new URL('./sync-worker.mjs', import.meta.url), { execArgv: [] });
    worker.on('message', (reply: Reply) => this.#answer(worker, reply));
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', () => this.#died(failure('internal', { message: 'the sync thread ended' })));
    this.#worker = worker;
    return worker;
  }

  #answer(worker: Worker, { id, code, message }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) worker.unref();
    if (code === undefined) waiting?.resolve();
    else waiting?.reject(Object.assign(failure('ioError', { message: message ?? code }), { code }));
  }

  /** Nobody knows whether the syncs under way happened: they failed. */
  #died(error: Error): void {
    this.#worker = null;
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
  }
}

const thread: SyncThread = new SyncThread();

/** fdatasync in a thread of its own. */
export function syncAlone(descriptor: number): Promise<void> {
  return thread.sync(descriptor);
}
