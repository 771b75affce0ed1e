/** What a CancelRequest may reach: one entry per session. */
export interface CancelRegistry {
  /** Gives a session a process id that no other live session has. */
  register(key: Uint8Array, cancel: () => void): number;
  unregister(processId: number): void;
  /** Cancels if process and key fit; says nothing about it either way. */
  cancel(processId: number, key: Uint8Array): void;
}

const PROCESS_ID_MAX = 0x7fffffff;

/** An empty registry; process ids count up from 1 and skip those in use. */
export function createCancelRegistry(): CancelRegistry {
  const entries = new Map<number, { readonly key: Uint8Array; readonly cancel: () => void }>();
  let last = 0;
  return {
    register(key, cancel) {
      do last = last >= PROCESS_ID_MAX ? 1 : last + 1;
      while (entries.has(last));
      entries.set(last, { key, cancel });
      return last;
    },
    unregister(processId) {
      entries.delete(processId);
    },
    cancel(processId, key) {
      const entry = entries.get(processId);
      if (entry !== undefined && isSameKey(entry.key, key)) entry.cancel();
    },
  };
}

/** Takes the same time wherever the first difference is. */
function isSameKey(expected: Uint8Array, given: Uint8Array): boolean {
  if (expected.length !== given.length) return false;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) difference |= expected[i]! ^ given[i]!;
  return difference === 0;
}
