/**
 * Objects by key (`a/b/c.json`). Laws: `put` with mode `create` never replaces an object and is atomic with its contents; a resolved put
 * is durable; a listing may be stale or torn (callers probe). An outcome that the store does not know is
 * `unknown`, and the caller must find out by reading.
 */
export interface ObjectStore {
  /** null if there is no such object. `range` is [start, end) in bytes. */
  get(
    key: string,
    options?: { readonly range?: { readonly start: number; readonly end: number }; readonly signal?: AbortSignal },
  ): Promise<Uint8Array | null>;
  head(key: string): Promise<ObjectInfo | null>;
  put(
    key: string,
    body: Uint8Array,
    options: { readonly mode: 'create' | 'overwrite'; readonly signal?: AbortSignal },
  ): Promise<PutOutcome>;
  /** Objects whose key starts with `prefix` and sorts after `startAfter`, in ascending key order (by UTF-8 bytes). */
  list(
    prefix: string,
    options?: { readonly startAfter?: string; readonly signal?: AbortSignal },
  ): AsyncGenerator<ObjectInfo, void, void>;
  /** Succeeds also when there is no such object. */
  delete(key: string): Promise<void>;
  /**
   * Removes what the store keeps besides objects below `prefix` (which ends with `/`), such as the empty directories of a dropped table. Only when
   * nobody puts objects there any more. Stores without directories leave it out.
   */
  removeEmpty?(prefix: string): Promise<void>;
  /** What a reader outside this process would open, for messages and docs: an absolute path or a URL. */
  describe(key: string): string;
}
/** What became of a conditional put; `unknown` means look, neither repeat nor believe. */
export type PutOutcome = 'created' | 'exists' | 'unknown';
/** An object as a listing shows it. */
export interface ObjectInfo {
  readonly key: string;
  readonly size: number;
  readonly modifiedMs: number;
}
