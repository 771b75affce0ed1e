import { failure, type WorkerEntry, type Workers, type WorkerThread } from '@millrace/core';

/**
 * Workers without threads: a call runs the module in this thread, later. Messages and replies are cloned as between threads, so that code
 * that would share state by accident fails here too.
 */
export const simWorkers: Workers = Object.freeze({
  spawn(entry: WorkerEntry): WorkerThread {
    let isClosed = false;
    return {
      async call(message, options = {}): Promise<unknown> {
        options.signal?.throwIfAborted();
        if (isClosed) throw failure('internal', { message: `worker ${entry.url} is closed` });
        const received = structuredClone(message, { transfer: [...(options.transfer ?? [])] });
        const module = await entry.load();
        const reply = await module.handle(received);
        options.signal?.throwIfAborted();
        return structuredClone(reply.value, { transfer: [...(reply.transfer ?? [])] });
      },
      async close(): Promise<void> {
        isClosed = true;
      },
    };
  },
});
