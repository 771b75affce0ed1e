/** Time. Wall-clock reads serve `now()` and commit stamps only; ordering and timeouts use `monotonicMs`. */
export interface Clock {
  /** Microseconds since 1970-01-01 UTC. */
  nowMicros(): bigint;
  /** Milliseconds of a clock that never goes back; fractions allowed. */
  monotonicMs(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. Node's version does not keep the process alive. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Resolves when the callbacks that are ready now have had their turn: what a group of writers is gathered by, without a timer. */
  nextTurn(): Promise<void>;
}

/** Randomness: ids, jitter, `random()`. Simulated from a seed. */
export interface Random {
  /** A random (version 4) UUID in lower case. */
  uuid(): string;
  /** Uniform in [0, 1). */
  float(): number;
  bytes(length: number): Uint8Array;
}
