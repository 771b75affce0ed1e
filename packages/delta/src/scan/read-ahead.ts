/** What is read, and how far ahead. */
export interface ReadAheadOptions<I, T> {
  readonly open: (item: I) => AsyncGenerator<T, void, void>;
  /** What an item costs while it is waiting, in bytes. */
  readonly bytesOf: (item: I) => number;
  /** At most so many items are begun before their turn, and at most so many bytes of them. */
  readonly itemsMax: number;
  readonly bytesMax: number;
}

interface Begun<T> {
  readonly bytes: number;
  readonly values: AsyncGenerator<T, void, void>;
  readonly first: Promise<IteratorResult<T, void>>;
}

/**
 * The values of all items, in order, the next small ones being begun while one is read: many small files are then read as fast as
 * the threads go, and not one round trip after the other. Ends what it began when it is given up.
 */
export async function* readAhead<I, T>(
  items: readonly I[],
  options: ReadAheadOptions<I, T>,
): AsyncGenerator<T, void, void> {
  const waiting: Begun<T>[] = [];
  let next = 0;
  let bytes = 0;
  const begin = (): void => {
    const item = items[next++]!;
    const values = options.open(item);
    const first = values.next();
    // Whoever takes it hears of the failure; it is none before its turn.
    first.catch(() => undefined);
    waiting.push({ bytes: options.bytesOf(item), values, first });
    bytes += options.bytesOf(item);
  };
  const mayBegin = (): boolean =>
    next < items.length &&
    waiting.length < options.itemsMax &&
    bytes + options.bytesOf(items[next]!) <= options.bytesMax;
  let current: Begun<T> | null = null;
  try {
    while (next < items.length || waiting.length > 0) {
      if (waiting.length === 0) begin();
      current = waiting.shift()!;
      bytes -= current.bytes;
      while (mayBegin()) begin();
      const first = await current.first;
      if (!first.done) yield first.value;
      yield* current.values;
    }
  } finally {
    for (const begun of current === null ? waiting : [current, ...waiting]) {
      await begun.first.catch(() => undefined);
      await begun.values.return();
    }
  }
}
