import type { RecordBatch } from '@millrace/core';

/** What surrounds the batches of a result. */
export interface BatchGuard {
  /** Runs once when the batches end, throw or are given up: also before the first was asked for, where a generator's `finally` does not run. */
  readonly onEnd?: () => void;
  /** The error to throw instead. */
  readonly onError?: (error: unknown) => Error;
  /** Runs a pull; what passes between pulls is the reader's time. */
  readonly during?: <T>(pull: () => Promise<T>) => Promise<T>;
}

type Step = IteratorResult<RecordBatch, void>;
type Batches = AsyncGenerator<RecordBatch, void, void>;

/** Batches with a guard around them. Law: whoever gets them pulls them to their end or calls `return`, and what they hold is released then. */
export class GuardedBatches implements Batches {
  readonly #source: Batches;
  readonly #guard: BatchGuard;
  #isEnded = false;

  constructor(source: Batches, guard: BatchGuard) {
    this.#source = source;
    this.#guard = guard;
  }

  async next(): Promise<Step> {
    if (this.#isEnded) return { done: true, value: undefined };
    try {
      const { during } = this.#guard;
      const step = await (during === undefined ? this.#source.next() : during(() => this.#source.next()));
      if (step.done) this.#end();
      return step;
    } catch (error) {
      throw this.#fail(error);
    }
  }

  async return(): Promise<Step> {
    if (this.#isEnded) return { done: true, value: undefined };
    try {
      return await this.#source.return();
    } catch (error) {
      throw this.#fail(error);
    } finally {
      this.#end();
    }
  }

  async throw(error: unknown): Promise<Step> {
    await this.return();
    throw this.#fail(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #fail(error: unknown): unknown {
    this.#end();
    return this.#guard.onError?.(error) ?? error;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#guard.onEnd?.();
  }
}
