import { type SeededRandom, type SimFault, simFailpoints } from '@millrace/testkit/sim';
import { expect, test } from 'vitest';
import { BUFFER_FAILPOINTS } from '../failpoints.ts';
import type { StorageFault, TestRow } from '../testing/fake-storage.ts';
import { FollowerJournal } from '../testing/follower-journal.ts';
import { StoreModel, type Transaction } from '../testing/store-model.ts';
import { type Life, readTables, StoreWorld } from '../testing/store-world.ts';

const SEEDS = 120;
const LIVES = 5;

/** Errors after which nobody knows whether the transaction is there. */
function fateOf(error: unknown): 'refused' | 'unknown' {
  const { sqlstate } = error as { readonly sqlstate?: string };
  return sqlstate === '53100' || sqlstate === '53200' ? 'refused' : 'unknown';
}

class Simulation {
  readonly world: StoreWorld;
  readonly random: SeededRandom;
  readonly model: StoreModel = new StoreModel();
  readonly hits: Map<string, number> = new Map();
  /** How often a life parked a table's rows. */
  parks = 0;
  readonly journal: FollowerJournal;
  /** Deliveries that fail. */
  #muteRate = 0;
  #nextTable = 1;
  #powerLosses = 0;
  /** In some worlds the log keeps next to nothing for the follower. */
  readonly #limit: { readonly lagBytesMax?: number };

  constructor(seed: number) {
    this.world = new StoreWorld(seed);
    this.random = this.world.random.fork();
    this.#limit = this.random.chance(0.2) ? { lagBytesMax: 800 } : {};
    this.journal = new FollowerJournal(() => this.random.chance(this.#muteRate));
  }

  async run(): Promise<void> {
    for (let life = 0; life < LIVES; life++) await this.#live();
    this.world.disk.script([]);
    this.#arrive();
    this.#muteRate = 0;
    const last = await this.world.start({ followers: [this.journal.follower()] });
    await this.#check(last);
    await this.#checkJournal(last);
    await last.store.flush();
    await this.#check(last);
    // The tables' logs alone, as another reader sees them.
    const stored = new Map([...last.tables].map((tableId) => [tableId, this.world.stored(tableId)] as const));
    this.model.checkRead(stored);
    await last.store.close({ flush: true });
  }

  async #live(): Promise<void> {
    const { disk } = this.world;
    disk.script(this.#faults());
    this.#muteRate = this.random.chance(0.3) ? 0.2 : 0;
    const names = BUFFER_FAILPOINTS;
    const end = this.random.chance(0.5)
      ? {
          name: names[this.random.integer(names.length)]!,
          hit: 1 + this.random.integer(12),
          mode: this.random.chance(0.4) ? ('kill' as const) : ('seeded' as const),
        }
      : null;
    const failpoints = simFailpoints(disk, end);
    let life: Life | null = null;
    try {
      life = await this.world.start({
        settings: {
          flushAfterMs: 50 + this.random.integer(500),
          flushBytes: 200 + this.random.integer(20_000),
          parkAfterFailures: 1 + this.random.integer(3),
        },
        memoryBytes: 3_000 + this.random.integer(100_000),
        walSegmentBytes: 300 + this.random.integer(2_000),
        inlineSyncMsMax: this.random.integer(2),
        failpoints,
        fault: this.#storageFaults(),
        followers: [this.journal.follower(this.#limit)],
      });
      await this.#check(life);
      await this.#work(life);
      if (this.random.chance(0.3)) await life.store.close({ flush: this.random.chance(0.5) });
    } catch (error) {
      if (!disk.isCrashed && !['58030', '53100', '53200'].includes((error as { sqlstate: string }).sqlstate))
        throw error;
    }
    this.parks += life?.metrics.read().get('tables_parked') ?? 0;
    for (const [name, count] of failpoints.hits) this.hits.set(name, (this.hits.get(name) ?? 0) + count);
    if (this.random.chance(0.4)) disk.kill();
    else if (!disk.isCrashed) disk.crash();
    if (this.random.chance(0.5)) this.#arrive();
  }

  #arrive(): void {
    for (const log of this.world.logs.values()) log.arrive();
  }

  #faults(): readonly SimFault[] {
    const nth = 1 + this.random.integer(60);
    switch (this.random.integer(6)) {
      case 0:
        return [{ nth: nth + 20, effect: { crash: this.random.chance(0.5) ? 'before' : 'after' } }];
      case 1:
        return [
          { kind: 'write', nth, effect: { error: 'ENOSPC', partialBytes: nth * 5, isWrittenBack: nth % 2 === 0 } },
        ];
      case 2:
        return [{ kind: 'sync', nth, effect: { error: 'EIO' } }];
      default:
        return [];
    }
  }

  #storageFaults(): () => StorageFault {
    const rate = this.random.chance(0.5) ? 0 : 0.3;
    const kinds = ['fails-before', 'lands-but-fails', 'lands-late'] as const;
    return () => (this.random.chance(rate) ? kinds[this.random.integer(kinds.length)]! : 'none');
  }

  /** Writers, readers, DDL and flushes, all at once. */
  async #work(life: Life): Promise<void> {
    const tasks = [this.#ddl(life), this.#writer(life), this.#writer(life), this.#reader(life), this.#flusher(life)];
    if (this.random.chance(0.5)) {
      await Promise.all(tasks);
      return;
    }
    // The process ends in the middle of everything.
    for (const task of tasks) task.catch(() => {});
    for (let turn = this.random.integer(400); turn > 0; turn--) await Promise.resolve();
  }

  /** Tables that nobody is creating or dropping. */
  #usable(life: Life): readonly string[] {
    return [...life.tables].filter((tableId) => this.model.tables.get(tableId)?.dropped === null);
  }

  async #writer(life: Life): Promise<void> {
    for (let left = 2 + this.random.integer(10); left > 0; left--) {
      const tableIds = this.#usable(life).filter(() => this.random.chance(0.5));
      if (tableIds.length === 0) continue;
      const transaction = this.model.begin(tableIds, 'x'.repeat(this.random.integer(300)));
      const level = this.random.chance(0.5) ? 'buffered' : this.random.chance(0.1) ? 'delta' : 'durable';
      try {
        const rows = Object.fromEntries(Object.entries(transaction.rows).map(([id, row]) => [id, [row]]));
        transaction.lsn = await life.commit(rows, level);
        transaction.isBuffered = level === 'buffered';
        transaction.fate = 'acked';
        if (level === 'delta') this.#checkStored(transaction);
      } catch (error) {
        transaction.fate = fateOf(error);
        if (transaction.fate === 'unknown') throw error;
      }
    }
  }

  async #ddl(life: Life): Promise<void> {
    for (let left = 1 + this.random.integer(2); left > 0; left--) {
      const tableId = `t${this.#nextTable++}`;
      const entry: { created: 'acked' | 'unknown' | 'refused'; dropped: 'acked' | 'unknown' | 'refused' | null } = {
        created: 'unknown',
        dropped: null,
      };
      this.model.tables.set(tableId, entry);
      const transaction = this.model.begin([tableId], `first of ${tableId}`);
      try {
        transaction.lsn = await life.create(tableId, Object.values(transaction.rows) as TestRow[]);
        entry.created = 'acked';
        transaction.fate = 'acked';
      } catch (error) {
        entry.created = fateOf(error);
        transaction.fate = entry.created;
        if (entry.created === 'unknown') throw error;
      }
    }
    if (!this.random.chance(0.3)) return;
    const victim = this.#usable(life)[0];
    if (victim === undefined) return;
    const entry = this.model.tables.get(victim)!;
    entry.dropped = 'unknown';
    try {
      await life.drop(victim);
      entry.dropped = 'acked';
    } catch (error) {
      entry.dropped = fateOf(error) === 'refused' ? null : 'unknown';
      throw error;
    }
  }

  async #reader(life: Life): Promise<void> {
    for (let left = this.random.integer(8); left > 0; left--) {
      const tableIds = this.#usable(life);
      if (this.random.chance(0.5)) await life.store.refresh(tableIds);
      const usable = tableIds.filter((tableId) => life.tables.has(tableId));
      const must = this.model.acked();
      this.model.checkRead(await readTables(life.store, usable), must);
    }
  }

  async #flusher(life: Life): Promise<void> {
    for (let left = this.random.integer(6); left > 0; left--) {
      const choice = this.random.integer(4);
      if (choice === 0) await life.clock.advance(this.random.integer(1_000));
      else if (choice === 1) life.storeCatalog();
      else if (choice === 2) this.#arrive();
      else await life.store.flush().catch(() => {});
      for (let turn = this.random.integer(30); turn > 0; turn--) await Promise.resolve();
    }
  }

  async #check(life: Life): Promise<void> {
    this.model.checkTables(life.tables);
    for (const tableId of life.tables) {
      const entry = this.model.tables.get(tableId)!;
      // What recovery showed stays.
      entry.created = 'acked';
      if (entry.dropped === 'unknown') entry.dropped = null;
    }
    const seen = await readTables(life.store, [...life.tables]);
    if (this.world.disk.powerLosses > this.#powerLosses) {
      for (const { lsn } of this.model.settlePowerLoss(seen))
        expect(this.journal.seen.has(lsn!), `the follower saw ${lsn}, which was not on disk`).toBe(false);
    }
    this.#powerLosses = this.world.disk.powerLosses;
    this.model.checkRead(seen);
  }

  /** Acknowledged with level `delta`: other readers see it. */
  #checkStored({ rows }: Transaction): void {
    for (const [tableId, row] of Object.entries(rows)) {
      if (this.model.tables.get(tableId)?.dropped === null) expect(this.world.stored(tableId)).toContainEqual(row);
    }
  }

  /** Everything that was promised was seen by the follower, or is in a gap that it was told of; and nothing that a power loss took. */
  async #checkJournal(life: Life): Promise<void> {
    if (this.#limit.lagBytesMax === undefined) expect(this.journal.gaps).toEqual([]);
    for (let turn = 0; turn < 50 && this.journal.newest < life.store.lastLsn; turn++) await life.clock.advance(100);
    for (const { lsn, rows } of this.model.acked()) {
      if (lsn === null) continue;
      expect(this.journal.knows(lsn), `the follower knows of ${lsn}`).toBe(true);
      const parts = Object.entries(rows).map(([tableId, [id, payload]]) => `${tableId}: ${id} ${payload}`);
      expect(this.journal.seen.get(lsn)?.rows ?? parts.sort().join('; ')).toBe(parts.sort().join('; '));
    }
  }
}

test(`${SEEDS} worlds of ${LIVES} lives: acknowledged rows exactly once, the rest whole or not at all, every step crashed at`, async () => {
  const hits = new Map<string, number>();
  let [parks, lost, seen, again, gaps] = [0, 0, 0, 0, 0];
  for (let seed = 0; seed < SEEDS; seed++) {
    const simulation = new Simulation(seed);
    await simulation.run().catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${String(error)}`, { cause: error });
    });
    parks += simulation.parks;
    lost += simulation.model.lost;
    seen += simulation.journal.seen.size;
    again += [...simulation.journal.seen.values()].filter(({ times }) => times > 1).length;
    gaps += simulation.journal.gaps.length;
    for (const [name, count] of simulation.hits) hits.set(name, (hits.get(name) ?? 0) + count);
  }
  expect([...hits.keys()].sort()).toEqual([...BUFFER_FAILPOINTS].sort());
  for (const [name, count] of hits) expect(count, name).toBeGreaterThan(20);
  expect(parks).toBeGreaterThan(20);
  // It all came about: losses that were allowed, transactions that followers saw, once more, and not at all.
  for (const count of [lost, again, gaps]) expect(count).toBeGreaterThan(10);
  expect(seen).toBeGreaterThan(1_000);
}, 60_000);
