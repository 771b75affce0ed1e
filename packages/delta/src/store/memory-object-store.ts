import type { Clock, ObjectInfo, ObjectStore } from '@millrace/core';
import { failure } from '@millrace/core';
import { compareKeys, validateKey } from './object-key.ts';

/**
 * Objects in this process' memory: for tests, and for servers that shall forget. Keeps every law of the port; bodies are copied
 * in and out, so that no caller can change an object. Without a clock every object is of 1970.
 */
export function memoryObjectStore(options: { readonly clock?: Clock } = {}): ObjectStore {
  const objects = new Map<string, { readonly body: Uint8Array; readonly modifiedMs: number }>();
  const info = (key: string): ObjectInfo | null => {
    const object = objects.get(key);
    return object === undefined ? null : { key, size: object.body.length, modifiedMs: object.modifiedMs };
  };
  return {
    async get(key, { range, signal } = {}) {
      validateKey(key);
      signal?.throwIfAborted();
      const object = objects.get(key);
      if (object === undefined) return null;
      if (range === undefined) return object.body.slice();
      if (range.end > object.body.length) {
        throw failure('ioError', { message: `object "${key}" has no bytes ${range.start}..${range.end}` });
      }
      return object.body.slice(range.start, range.end);
    },
    async head(key) {
      validateKey(key);
      return info(key);
    },
    async put(key, body, { mode, signal }) {
      validateKey(key);
      signal?.throwIfAborted();
      if (mode === 'create' && objects.has(key)) return 'exists';
      const modifiedMs = options.clock === undefined ? 0 : Number(options.clock.nowMicros() / 1000n);
      objects.set(key, { body: body.slice(), modifiedMs });
      return 'created';
    },
    async *list(prefix, { startAfter, signal } = {}) {
      validateKey(prefix, 'prefix');
      const keys = [...objects.keys()].filter(
        (key) => key.startsWith(prefix) && (startAfter === undefined || compareKeys(key, startAfter) > 0),
      );
      for (const key of keys.sort(compareKeys)) {
        signal?.throwIfAborted();
        const object = info(key);
        if (object !== null) yield object;
      }
    },
    async delete(key) {
      validateKey(key);
      objects.delete(key);
    },
    describe: (key) => `memory://${key}`,
  };
}
