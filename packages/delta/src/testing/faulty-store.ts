import type { ObjectStore, PutOutcome } from '@millrace/core';
import { failure } from '@millrace/core';

/** What happens to one put instead of what should. */
export type PutFault =
  /** It is written, and nobody hears of it. */
  | 'unknown-applied'
  /** It is not written, and nobody knows. */
  | 'unknown-lost'
  /** It is written, the answer is lost, the store tries again and finds its own object. */
  | 'exists-own'
  /** It is written, then the connection breaks. */
  | 'throws-applied'
  /** It is not written, and an error says so. */
  | 'throws-lost'
  /** It is answered as unknown and lands later, when `land` is called. */
  | 'unknown-late'
  | 'none';

/** A store whose puts fail as told, and whose listings may be stale; everything else is the inner store's. */
export interface FaultyStore extends ObjectStore {
  /** Faults for the next puts of keys that match, in order. */
  faults: PutFault[];
  match: RegExp;
  /** Names that listings do not show. */
  hidden: RegExp | null;
  /** How many faults were injected, by kind. */
  readonly injected: Map<PutFault, number>;
  readonly lists: string[];
  readonly puts: string[];
  /** Runs before each matching put, e.g. to let another writer win. */
  beforePut: ((key: string) => Promise<void>) | null;
  /** Lets late puts land. */
  land(): Promise<PutOutcome[]>;
}

/** Wraps a store; without faults it changes nothing. */
export function faultyStore(inner: ObjectStore): FaultyStore {
  const late: (() => Promise<PutOutcome>)[] = [];
  const store: FaultyStore = {
    faults: [],
    match: /_delta_log\/\d+\.json$/,
    hidden: null,
    injected: new Map(),
    lists: [],
    puts: [],
    beforePut: null,
    land: () => Promise.all(late.splice(0).map((put) => put())),
    get: (key, options) => inner.get(key, options),
    head: (key) => inner.head(key),
    delete: (key) => inner.delete(key),
    describe: (key) => inner.describe(key),
    async *list(prefix, options) {
      store.lists.push(prefix);
      for await (const object of inner.list(prefix, options)) {
        if (store.hidden === null || !store.hidden.test(object.key)) yield object;
      }
    },
    async put(key, body, options) {
      store.puts.push(key);
      if (!store.match.test(key)) return inner.put(key, body, options);
      const { beforePut } = store;
      store.beforePut = null;
      await beforePut?.(key);
      const fault = store.faults.shift() ?? 'none';
      store.injected.set(fault, (store.injected.get(fault) ?? 0) + 1);
      switch (fault) {
        case 'unknown-applied':
          await inner.put(key, body, options);
          return 'unknown';
        case 'unknown-lost':
          return 'unknown';
        case 'exists-own':
          await inner.put(key, body, options);
          return inner.put(key, body, options);
        case 'throws-applied':
          await inner.put(key, body, options);
          throw failure('ioError', { message: 'connection reset' });
        case 'throws-lost':
          throw failure('ioError', { message: 'connection refused' });
        case 'unknown-late':
          late.push(() => inner.put(key, body, options));
          return 'unknown';
        case 'none':
          return inner.put(key, body, options);
        default:
          return fault satisfies never;
      }
    },
  };
  return store;
}
