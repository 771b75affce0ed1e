import { expect } from 'vitest';
import type { TestRow } from './fake-storage.ts';

/** What a client may believe about one transaction. */
type Fate = 'acked' | 'unknown' | 'refused';
export interface Transaction {
  readonly rows: Readonly<Record<string, TestRow>>;
  fate: Fate;
  /** null until it is acknowledged. */
  lsn: bigint | null;
  /** Acknowledged before its fsync: a power loss may take it. */
  isBuffered: boolean;
}

/** The client's journal, kept outside the world: what was acknowledged, what was refused, what nobody knows. */
export class StoreModel {
  readonly #transactions: Map<bigint, Transaction> = new Map();
  readonly tables: Map<string, { created: Fate; dropped: Fate | null }> = new Map();
  /** Acknowledged transactions that power losses took. */
  lost = 0;
  #nextId = 1n;

  /** A new transaction with one row in each table; unknown until it is settled. */
  begin(tableIds: readonly string[], payload: string): Transaction {
    const id = this.#nextId++;
    const rows = Object.fromEntries(tableIds.map((tableId) => [tableId, [id, payload] as const]));
    const transaction: Transaction = { rows, fate: 'unknown', lsn: null, isBuffered: false };
    this.#transactions.set(id, transaction);
    return transaction;
  }

  acked(): readonly Transaction[] {
    return [...this.#transactions.values()].filter((transaction) => transaction.fate === 'acked');
  }

  /**
   * After a power loss: what was buffered may be gone, but only the newest of it, and nothing that came after and was promised more. What is there stays.
   * `seen` are all tables that are there. Gives what is gone.
   */
  settlePowerLoss(seen: ReadonlyMap<string, readonly TestRow[]>): readonly Transaction[] {
    const ids = new Set([...seen.values()].flatMap((rows) => rows.map(([id]) => id)));
    const known = [...this.#transactions].filter(
      ([, { fate, rows }]) => fate === 'acked' && Object.keys(rows).some((tableId) => seen.has(tableId)),
    );
    const lost = known.filter(([id, { isBuffered }]) => isBuffered && !ids.has(id));
    const firstLost = lost.map(([, { lsn }]) => lsn!).sort((a, b) => (a < b ? -1 : 1))[0];
    for (const [id, transaction] of known) {
      if (ids.has(id) && firstLost !== undefined && transaction.lsn !== null)
        expect(transaction.lsn, `${id} is there and that of lsn ${firstLost} is not`).toBeLessThan(firstLost);
      // Recovery made it durable.
      if (ids.has(id)) transaction.isBuffered = false;
    }
    for (const [, transaction] of lost) transaction.fate = 'refused';
    this.lost += lost.length;
    return lost.map(([, transaction]) => transaction);
  }

  /** A created and not dropped table must be there, a dropped one must not. */
  checkTables(existing: ReadonlySet<string>): void {
    for (const [tableId, { created, dropped }] of this.tables) {
      if (created === 'acked' && dropped === null) expect(existing, `table ${tableId}`).toContain(tableId);
      if (created === 'refused' || dropped === 'acked') expect(existing, `table ${tableId}`).not.toContain(tableId);
    }
  }

  /**
   * What one pin saw: every transaction that was acknowledged before (`must`), each row once and unaltered, nothing refused, and every other
   * transaction wholly or not at all.
   */
  checkRead(seen: ReadonlyMap<string, readonly TestRow[]>, must: readonly Transaction[] = this.acked()): void {
    const found = new Map<bigint, Map<string, string>>();
    for (const [tableId, rows] of seen) {
      for (const [id, payload] of rows) {
        const tables = found.get(id) ?? new Map<string, string>();
        expect(tables.has(tableId), `row ${id} twice in ${tableId}`).toBe(false);
        tables.set(tableId, payload);
        found.set(id, tables);
      }
    }
    for (const transaction of must) {
      for (const [tableId, [id, payload]] of Object.entries(transaction.rows)) {
        if (seen.has(tableId))
          expect(found.get(id)?.get(tableId), `acknowledged row ${id} in ${tableId}`).toBe(payload);
      }
    }
    for (const [id, tables] of found) {
      const transaction = this.#transactions.get(id);
      expect(transaction?.fate, `row ${id}`).toMatch(/acked|unknown/);
      const expected = Object.entries(transaction!.rows).filter(([tableId]) => seen.has(tableId));
      expect(Object.fromEntries(tables), `transaction ${id} is whole`).toEqual(
        Object.fromEntries(expected.map(([tableId, row]) => [tableId, row[1]])),
      );
    }
  }
}
