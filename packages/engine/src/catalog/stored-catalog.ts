import { type Catalog, type CatalogChange, type CatalogTable, failure, type ObjectStore } from '@millrace/core';
import { fromTaggedJson, toTaggedJson } from './tagged-json.ts';

/** The first OID of users' objects, as in PostgreSQL. */
const FIRST_USER_OID = 16_384;
const VERSIONS_KEPT = 5;
const PUT_ATTEMPTS = 3;

interface CatalogDocument {
  readonly format: 1;
  readonly version: number;
  readonly nextOid: number;
  /** By walId: the lsn of the newest change that is in here. */
  readonly positions: Readonly<Record<string, bigint>>;
  readonly tables: readonly CatalogTable[];
  /** Dropped tables whose files may still be there. */
  readonly dropped: readonly CatalogTable[];
  /** Dropped tables that the log may still name, with the lsn of their DROP. */
  readonly tombstones: Readonly<Record<string, bigint>>;
}

const EMPTY: CatalogDocument = {
  format: 1,
  version: 0,
  nextOid: FIRST_USER_OID,
  positions: {},
  tables: [],
  dropped: [],
  tombstones: {},
};

function keyOf(version: number): string {
  return `catalog/${String(version).padStart(20, '0')}.json`;
}

/**
 * The Catalog as numbered JSON documents in an ObjectStore: `catalog/00000000000000000001.json`, each a conditional put, the newest counts.
 * Between two of them the log holds the changes.
 */
export class StoredCatalog implements Catalog {
  readonly #store: ObjectStore;
  #tables: ReadonlyMap<string, CatalogTable>;
  #dropped: ReadonlyMap<string, CatalogTable>;
  #tombstones: ReadonlyMap<string, bigint>;
  #positions: ReadonlyMap<string, bigint>;
  #storedPositions: ReadonlyMap<string, bigint>;
  #nextOid: number;
  #version: number;
  #lastAppliedLsn = -1n;
  #isDirty = false;
  /** What was sent as the next version without an answer: if one of these is found there, it was us. */
  #unanswered: Uint8Array[] = [];
  #storing: Promise<bigint> = Promise.resolve(-1n);

  private constructor(store: ObjectStore, document: CatalogDocument) {
    this.#store = store;
    this.#tables = new Map(document.tables.map((table) => [table.tableId, table]));
    this.#dropped = new Map(document.dropped.map((table) => [table.tableId, table]));
    this.#tombstones = new Map(Object.entries(document.tombstones));
    this.#positions = new Map(Object.entries(document.positions));
    this.#storedPositions = this.#positions;
    this.#nextOid = document.nextOid;
    this.#version = document.version;
  }

  /** Reads the newest version. XX001 if it is damaged. */
  static async open(store: ObjectStore): Promise<StoredCatalog> {
    let newest: string | null = null;
    for await (const object of store.list('catalog/')) {
      if (/^catalog\/\d{20}\.json$/.test(object.key)) newest = object.key;
    }
    if (newest === null) return new StoredCatalog(store, EMPTY);
    const bytes = await store.get(newest);
    return new StoredCatalog(store, parseDocument(store.describe(newest), bytes));
  }

  get tables(): readonly CatalogTable[] {
    return [...this.#tables.values()];
  }

  /** The tables by id; replaced, never changed, by `apply`. */
  get byId(): ReadonlyMap<string, CatalogTable> {
    return this.#tables;
  }

  get dropped(): readonly CatalogTable[] {
    return [...this.#dropped.values()];
  }

  /** Whether a change would change anything. */
  isNews(change: CatalogChange): boolean {
    if (change.kind === 'drop-table') return this.#tables.has(change.tableId);
    return !this.#tables.has(change.table.tableId) && !this.isDropped(change.table.tableId);
  }

  /** Whether the table was dropped and the log may still name it. */
  isDropped(tableId: string): boolean {
    return this.#tombstones.has(tableId);
  }

  /** The log has nothing below `oldestLsn` any more: dropped tables that only older records name are forgotten. */
  forgetBelow(oldestLsn: bigint): void {
    const kept = [...this.#tombstones].filter(([, lsn]) => lsn >= oldestLsn);
    if (kept.length === this.#tombstones.size) return;
    this.#tombstones = new Map(kept);
    this.#isDirty = true;
  }

  nextOid(): number {
    return this.#nextOid++;
  }

  storedLsn(walId: string): bigint {
    return this.#storedPositions.get(walId) ?? -1n;
  }

  apply(changes: readonly CatalogChange[], walId: string, lsn: bigint): void {
    const tables = new Map(this.#tables);
    const dropped = new Map(this.#dropped);
    const tombstones = new Map(this.#tombstones);
    for (const change of changes) {
      switch (change.kind) {
        case 'create-table':
          tables.set(change.table.tableId, change.table);
          this.#nextOid = Math.max(this.#nextOid, change.table.oid + 1);
          break;
        case 'drop-table': {
          const table = tables.get(change.tableId);
          if (table) dropped.set(change.tableId, table);
          tables.delete(change.tableId);
          tombstones.set(change.tableId, lsn);
          break;
        }
        default:
          change satisfies never;
      }
    }
    this.#tables = tables;
    this.#dropped = dropped;
    this.#tombstones = tombstones;
    this.#positions = new Map(this.#positions).set(walId, lsn);
    this.#lastAppliedLsn = lsn;
    this.#isDirty = true;
  }

  forgetDropped(tableId: string): void {
    const dropped = new Map(this.#dropped);
    if (dropped.delete(tableId)) this.#isDirty = true;
    this.#dropped = dropped;
  }

  store(): Promise<bigint> {
    this.#storing = this.#storing.catch(() => -1n).then(() => this.#storeNow());
    return this.#storing;
  }

  async #storeNow(): Promise<bigint> {
    if (!this.#isDirty) return this.#lastAppliedLsn;
    this.#isDirty = false;
    const lsn = this.#lastAppliedLsn;
    const positions = this.#positions;
    const document: CatalogDocument = {
      format: 1,
      version: this.#version + 1,
      nextOid: this.#nextOid,
      positions: Object.fromEntries(positions),
      tables: this.tables,
      dropped: this.dropped,
      tombstones: Object.fromEntries(this.#tombstones),
    };
    try {
      await this.#put(document);
    } catch (error) {
      this.#isDirty = true;
      throw error;
    }
    this.#storedPositions = positions;
    await this.#forgetVersion(document.version - VERSIONS_KEPT);
    return lsn;
  }

  /**
   * The outcome `unknown` is resolved by reading: the document is ours, or it is not there. An earlier one of ours may be, whose answer was lost: this
   * one is the next version then.
   */
  async #put(document: CatalogDocument): Promise<void> {
    let next = document;
    for (let attempt = 0; attempt < PUT_ATTEMPTS; attempt++) {
      const key = keyOf(next.version);
      const body = new TextEncoder().encode(toTaggedJson(next));
      this.#unanswered = [...this.#unanswered.filter((sent) => !sameBytes(sent, body)), body].slice(-PUT_ATTEMPTS);
      const outcome = await this.#store.put(key, body, { mode: 'create' });
      const found = outcome === 'created' ? body : await this.#store.get(key);
      if (found === null) continue;
      if (!this.#unanswered.some((sent) => sameBytes(sent, found))) {
        throw failure('serializationFailure', {
          message: `another server wrote ${this.#store.describe(key)}: a catalog belongs to one server`,
        });
      }
      this.#version = next.version;
      this.#unanswered = [];
      if (sameBytes(found, body)) return;
      next = { ...next, version: next.version + 1 };
    }
    throw failure('ioError', {
      message: `could not write ${this.#store.describe(keyOf(next.version))}: the store does not say whether it did`,
    });
  }

  /** Old versions are kept for a person who looks for them; one that cannot be deleted harms nobody. */
  async #forgetVersion(version: number): Promise<void> {
    if (version > 0) await this.#store.delete(keyOf(version)).catch(() => undefined);
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function parseDocument(path: string, bytes: Uint8Array | null): CatalogDocument {
  try {
    const document = fromTaggedJson(
      new TextDecoder('utf-8', { fatal: true }).decode(bytes ?? new Uint8Array()),
    ) as CatalogDocument;
    const { format, version, nextOid, tables, dropped, positions, tombstones } = document;
    const isWhole =
      format === 1 &&
      [version, nextOid].every(Number.isSafeInteger) &&
      [tables, dropped].every(Array.isArray) &&
      [positions, tombstones].every((map) => typeof map === 'object' && map !== null);
    if (!isWhole) throw failure('dataCorrupted', { message: `${path} is not a catalog` });
    return document;
  } catch (cause) {
    throw failure('dataCorrupted', { message: `the catalog ${path} is damaged; nothing was changed` }, { cause });
  }
}

/** The log's form of a transaction's catalog changes. */
export function encodeChanges(changes: readonly CatalogChange[]): Uint8Array {
  return new TextEncoder().encode(toTaggedJson(changes));
}

/** The inverse; XX001 on damage. */
export function decodeChanges(record: Uint8Array): readonly CatalogChange[] {
  try {
    return fromTaggedJson(new TextDecoder('utf-8', { fatal: true }).decode(record)) as readonly CatalogChange[];
  } catch (cause) {
    throw failure('dataCorrupted', { message: 'a catalog record of the log is damaged' }, { cause });
  }
}
