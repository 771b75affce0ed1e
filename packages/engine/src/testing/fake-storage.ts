import { type CatalogTable, failure, type ObjectStore, type PutOutcome, type TableStorage } from '@millrace/core';

/** Tables that are only names; what happened to them, in order. */
export class FakeTableStorage implements TableStorage {
  readonly events: string[] = [];
  /** Names of tables that cannot be created or removed now. */
  readonly broken: Set<string> = new Set();
  /** Awaited by each removal. */
  beforeDrop: () => Promise<void> = async () => undefined;

  attach({ tableId }: CatalogTable): ReturnType<TableStorage['attach']> {
    const unused = (): never => {
      throw failure('internal', { message: 'the fake transaction store flushes nothing' });
    };
    return {
      versioned: { tableId, refresh: async () => undefined, pin: unused },
      sink: { stage: unused, commit: unused, progress: unused, discard: unused },
    };
  }

  async ensure({ name }: CatalogTable): Promise<void> {
    this.#happen('ensure', name);
  }

  async drop({ name }: CatalogTable): Promise<void> {
    await this.beforeDrop();
    this.#happen('drop', name);
  }

  validate(): void {}

  validateRows(): void {}

  #happen(what: string, name: string): void {
    if (this.broken.has(name)) throw failure('ioError', { message: `${what} ${name} failed` });
    this.events.push(`${what} ${name}`);
  }
}

/** Objects in memory. `faults` are what becomes of the next puts. */
export class FakeObjectStore implements ObjectStore {
  readonly objects: Map<string, Uint8Array> = new Map();
  readonly faults: ('fails' | 'lands-without-answer' | 'lost-without-answer' | 'none')[] = [];

  async get(key: string): Promise<Uint8Array | null> {
    return this.objects.get(key) ?? null;
  }

  async head(key: string): Promise<{ key: string; size: number; modifiedMs: number } | null> {
    const found = this.objects.get(key);
    return found === undefined ? null : { key, size: found.length, modifiedMs: 0 };
  }

  async put(key: string, body: Uint8Array): Promise<PutOutcome> {
    const fault = this.faults.shift() ?? 'none';
    if (fault === 'fails') throw failure('ioError', { message: 'the store is unreachable' });
    if (fault === 'lost-without-answer') return 'unknown';
    if (this.objects.has(key)) return 'exists';
    this.objects.set(key, body);
    return fault === 'none' ? 'created' : 'unknown';
  }

  async *list(prefix: string): AsyncGenerator<{ key: string; size: number; modifiedMs: number }, void, void> {
    for (const [key, body] of [...this.objects].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (key.startsWith(prefix)) yield { key, size: body.length, modifiedMs: 0 };
    }
  }

  async delete(key: string): Promise<void> {
    this.objects.delete(key);
  }

  describe(key: string): string {
    return `memory:${key}`;
  }
}
