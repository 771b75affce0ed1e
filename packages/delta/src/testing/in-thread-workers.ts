import type { Workers } from '@millrace/core';

/** Workers without threads, for tests of what the threads do. Messages are cloned, as between threads. */
export const inThreadWorkers: Workers = {
  spawn: (entry) => ({
    async call(message) {
      const module = await entry.load();
      return structuredClone((await module.handle(structuredClone(message))).value);
    },
    async close() {},
  }),
};
