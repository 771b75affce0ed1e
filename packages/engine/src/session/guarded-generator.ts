/** What surrounds what a generator gives. */
export interface GeneratorGuard {
  /** Runs once when the generator ends, throws or is given up: also before the first pull, where its own `finally` does not run. */
  readonly onEnd?: () => void | Promise<void>;
  /** The error to throw instead. */
  readonly onError?: (error: unknown) => Error;
  /** Runs a pull; what passes between pulls is the reader's time. */
  readonly during?: <R>(pull: () => Promise<R>) => Promise<R>;
}

/** A generator with a guard around it. Law: whoever gets it pulls it to its end or calls `return`, and what it holds is released then. */
export class GuardedGenerator<T> implements AsyncGenerator<T, void, void> {
  readonly #source: AsyncGenerator<T, void, void>;
  readonly #guard: GeneratorGuard;
  #isEnded = false;

  constructor(source: AsyncGenerator<T, void, void>, guard: GeneratorGuard) {
    this.#source = source;
    this.#guard = guard;
  }

  async next(): Promise<IteratorResult<T, void>> {
    if (this.#isEnded) return { done: true, value: undefined };
    try {
      const { during } = this.#guard;
      const step = await (during === undefined ? this.#source.next() : during(() => this.#source.next()));
      if (step.done) await this.#end();
      return step;
    } catch (error) {
      throw await this.#fail(error);
    }
  }

  async return(): Promise<IteratorResult<T, void>> {
    if (this.#isEnded) return { done: true, value: undefined };
    try {
      return await this.#source.return();
    } catch (error) {
      throw await this.#fail(error);
    } finally {
      await this.#end();
    }
  }

  async throw(error: unknown): Promise<IteratorResult<T, void>> {
    await this.return();
    throw await this.#fail(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  async #fail(error: unknown): Promise<unknown> {
    await this.#end();
    return this.#guard.onError?.(error) ?? error;
  }

  async #end(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    await this.#guard.onEnd?.();
  }
}
