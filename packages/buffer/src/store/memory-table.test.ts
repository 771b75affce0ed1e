import { createMemoryBudget, type RecordBatch } from '@millrace/core';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { batchOf, rowsOf, TEST_SCHEMA } from '../testing/fake-storage.ts';
import { MemoryTable } from './memory-table.ts';

const TYPES = TEST_SCHEMA.fields.map((field) => field.type);
const idsOf = (batches: readonly RecordBatch[]): readonly number[] =>
  batches.flatMap((batch) => rowsOf(batch).map((row) => Number(row[0])));

test('any mix of appends, seals, drops and holds keeps rows, order and bytes', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('append' as const),
      counts: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ kind: fc.constant('drop' as const), back: fc.integer({ min: 0, max: 8 }) }),
    fc.record({ kind: fc.constant('seal' as const), back: fc.integer({ min: 0, max: 8 }) }),
    fc.record({
      kind: fc.constant('hold' as const),
      after: fc.integer({ min: 0, max: 8 }),
      upTo: fc.integer({ min: 0, max: 4 }),
    }),
    fc.record({ kind: fc.constant('release' as const), which: fc.nat(5) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const budget = createMemoryBudget('test', 1_000_000);
      const table = new MemoryTable(TYPES, budget);
      // The model: ids with their lsns; ids count up.
      let model: { id: number; lsn: bigint }[] = [];
      const held: { rows: ReturnType<MemoryTable['hold']>; ids: readonly number[] }[] = [];
      let lsn = 0n;
      let nextId = 0;
      for (const action of steps) {
        if (action.kind === 'append') {
          lsn++;
          for (const count of action.counts) {
            const ids = Array.from({ length: count }, () => nextId++);
            table.append(lsn, batchOf(ids.map((id) => [BigInt(id), `${id}`])), budget.reserve(10 * count));
            model.push(...ids.map((id) => ({ id, lsn })));
          }
        } else if (action.kind === 'drop') {
          const upTo = lsn - BigInt(action.back);
          table.dropUpTo(upTo);
          model = model.filter((row) => row.lsn > upTo);
        } else if (action.kind === 'seal') table.seal(lsn - BigInt(action.back));
        else if (action.kind === 'hold') {
          const after = lsn - BigInt(action.after);
          const upTo = lsn - BigInt(action.upTo);
          const inside = model.filter((row) => row.lsn > after && row.lsn <= upTo);
          const rows = table.hold(after, upTo);
          expect(rows.lastLsn).toBe(inside.at(-1)?.lsn ?? null);
          expect(rows.rowCount).toBe(inside.length);
          held.push({ rows, ids: inside.map((row) => row.id) });
        } else held.splice(action.which, 1)[0]?.rows.release();
        expect(table.rowCount).toBe(model.length);
        expect([table.firstLsn, table.lastLsn]).toEqual([model[0]?.lsn ?? null, model.at(-1)?.lsn ?? null]);
        for (const { rows, ids } of held) expect(idsOf(rows.batches)).toEqual(ids);
        const all = table.hold(-1n, lsn);
        expect(idsOf(all.batches)).toEqual(model.map((row) => row.id));
        all.release();
      }
      table.dropUpTo(lsn);
      expect(table.byteCount).toBe(0);
      for (const { rows } of held) {
        rows.release();
        rows.release();
      }
      expect(budget.usedBytes).toBe(0);
    }),
    { numRuns: 300 },
  );
});
