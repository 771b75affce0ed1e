import type { Schema, VersionedTable } from '@millrace/core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { checkScan, scanQuestions } from './scan-laws.ts';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';
import { readAll } from './table-provider-suite.ts';
import { byIdentifier, SUITE_SCHEMA, sampleRows, type TableRow, tableRows } from './table-rows.ts';

/** A table to try, without rows. */
export interface VersionedTableSubject {
  readonly table: VersionedTable;
  readonly tableId: string;
  /** Commits rows, as another process would: the table learns of it by `refresh`. Moves the application's progress from `from` to `version`. */
  commit(
    rows: readonly TableRow[],
    progress: { readonly appId: string; readonly from: bigint; readonly version: bigint },
  ): Promise<void>;
  close?(): Promise<void> | void;
}

/**
 * The laws of `VersionedTable` and its snapshots as tests: a pin is taken at once, does not change, and knows how far each application came.
 *
 *     versionedTableSuite('delta', async (schema) => ({ table, tableId, commit: (rows, progress) => appendByAnother(rows, progress) }));
 */
export function versionedTableSuite(
  name: string,
  create: (schema: Schema) => Promise<VersionedTableSubject> | VersionedTableSubject,
  budget: SuiteBudget = {},
): void {
  describe(`versioned table: ${name}`, () => {
    const opened: VersionedTableSubject[] = [];
    const subject = async (): Promise<VersionedTableSubject> => {
      const one = await create(SUITE_SCHEMA);
      opened.push(one);
      return one;
    };
    afterEach(async () => {
      for (const one of opened.splice(0)) await one.close?.();
    });
    snapshots(subject);

    it('is right about the rows of a version, whatever it is asked', async () => {
      const questions = fc.array(scanQuestions(SUITE_SCHEMA.fields.length), { minLength: 1, maxLength: 4 });
      await assertProperty(
        budget,
        20,
        fc.tuple(tableRows(10), fc.nat({ max: 10 }), questions),
        async ([rows, cut, asked]) => {
          const { table, commit } = await subject();
          // In two commits, so that files are pruned as well as rows.
          await commit(rows.slice(0, cut), { appId: 'a', from: -1n, version: 1n });
          await commit(rows.slice(cut), { appId: 'a', from: 1n, version: 2n });
          await table.refresh();
          const pin = table.pin();
          for (const question of asked) await checkScan(pin, rows, question);
          pin.release();
        },
      );
    });
  });
}

function snapshots(subject: () => Promise<VersionedTableSubject>): void {
  it('keeps its id, and starts without rows', async () => {
    const { table, tableId } = await subject();
    expect(table.tableId).toBe(tableId);
    await table.refresh();
    const pin = table.pin();
    expect([await readAll(pin), pin.appliedLsn('a')]).toEqual([[], -1n]);
    expect(pin.schema.fields.map(({ name, type }) => [name, type])).toEqual(
      SUITE_SCHEMA.fields.map(({ name, type }) => [name, type]),
    );
    pin.release();
    pin.release();
  });

  it('shows a commit after a refresh, and not in a pin that was there before', async () => {
    const { table, commit } = await subject();
    await table.refresh();
    const before = table.pin();
    await commit(sampleRows(3), { appId: 'a', from: -1n, version: 5n });
    const stale = table.pin();
    expect(await readAll(stale)).toEqual([]);
    await table.refresh();
    const after = table.pin();
    expect(byIdentifier(await readAll(after))).toEqual(sampleRows(3));
    expect([after.appliedLsn('a'), after.appliedLsn('b')]).toEqual([5n, -1n]);
    expect([await readAll(before), before.appliedLsn('a'), await readAll(stale), stale.appliedLsn('a')]).toEqual([
      [],
      -1n,
      [],
      -1n,
    ]);
    expect(after.version).toBeGreaterThan(before.version);
    for (const pin of [before, stale, after]) pin.release();
  });

  it('reads a pinned version to its end while others are committed', async () => {
    const { table, commit } = await subject();
    await commit(sampleRows(4), { appId: 'a', from: -1n, version: 1n });
    await table.refresh();
    const pin = table.pin();
    const signal = new AbortController().signal;
    const columns = SUITE_SCHEMA.fields.map((field) => field.name);
    const scan = await pin.prepareScan(
      { columns, filters: [], fieldOf: () => '', fetch: null },
      { signal, batchRows: 1 },
    );
    const batches = scan.batches();
    let count = (await batches.next()).value?.rowCount ?? 0;
    await commit(sampleRows(4, 5), { appId: 'a', from: 1n, version: 2n });
    await table.refresh();
    for await (const batch of batches) count += batch.rowCount;
    expect(count).toBe(4);
    const next = table.pin();
    expect(byIdentifier(await readAll(next))).toEqual(sampleRows(8));
    next.release();
    pin.release();
  });

  it('refreshes for many callers at once, and gives up for one who has gone', async () => {
    const { table, commit } = await subject();
    await commit(sampleRows(2), { appId: 'a', from: -1n, version: 1n });
    await Promise.all(Array.from({ length: 5 }, () => table.refresh()));
    await expect(table.refresh(AbortSignal.abort())).rejects.toBeDefined();
    const pin = table.pin();
    expect(byIdentifier(await readAll(pin))).toEqual(sampleRows(2));
    pin.release();
  });
}
