import { type CatalogTable, failure, type IngestHook, type LogFollower } from '@millrace/core';

const NAME_CHARACTERS_MAX = 64;
const LAG_RECORDS_MAX = 10_000_000;
const LAG_BYTES_MAX = 1024 ** 3;

/** F0000 for a hook that does nothing, or whose position could not be told from another's. */
export function checkHooks(hooks: readonly IngestHook[]): void {
  const names = new Set<string>();
  for (const { name, before, after } of hooks) {
    const refuse = (what: string): never => {
      throw failure('configuration', { message: `ingest hook "${name}" ${what}` });
    };
    if (name.trim() === '' || name.length > NAME_CHARACTERS_MAX)
      refuse(`needs a name of 1 to ${NAME_CHARACTERS_MAX} characters`);
    if (before === undefined && after === undefined) refuse('has neither before nor after');
    if (after === undefined) continue;
    if (names.has(name)) refuse('is registered twice: each after-hook keeps its position under its name');
    names.add(name);
  }
}

/**
 * Remembers the tables that hooks may still be given rows of: the living ones are the catalog's, dropped ones are kept for as long as the engine lives, at
 * most so many, the oldest forgotten first.
 */
export class TableMemory {
  readonly #tables: () => ReadonlyMap<string, CatalogTable>;
  readonly #dropped = new Map<string, CatalogTable>();
  readonly #droppedMax: number;

  constructor(tables: () => ReadonlyMap<string, CatalogTable>, droppedMax: number) {
    this.#tables = tables;
    this.#droppedMax = droppedMax;
  }

  get(tableId: string): CatalogTable | null {
    return this.#tables().get(tableId) ?? this.#dropped.get(tableId) ?? null;
  }

  /** Before the catalog forgets it. */
  dropping(tableId: string): void {
    const table = this.#tables().get(tableId);
    if (table === undefined) return;
    this.#dropped.set(tableId, table);
    const [oldest] = this.#dropped.keys();
    if (this.#dropped.size > this.#droppedMax && oldest !== undefined) this.#dropped.delete(oldest);
  }
}

/** The hook as one who follows the transaction store's log; null if it has no `after`. */
export function followerOf(hook: IngestHook, memory: TableMemory): LogFollower | null {
  if (hook.after === undefined) return null;
  return {
    name: hook.name,
    lagRecordsMax: hook.lagLimit?.recordsMax ?? LAG_RECORDS_MAX,
    lagBytesMax: hook.lagLimit?.bytesMax ?? LAG_BYTES_MAX,
    typesOf: (tableId) => memory.get(tableId)?.columns.map(({ type }) => type) ?? null,
    async deliver(event, signal) {
      if (event.kind === 'gap') return hook.after?.(event, signal);
      const tables = event.tables.map(({ tableId, batches }) => ({
        tableId,
        table: memory.get(tableId),
        batches: batches ?? [],
      }));
      await hook.after?.({ kind: 'commit', lsn: event.lsn, tables }, signal);
    },
  };
}
