import {
  type ColumnId,
  type Expr,
  evaluatePredicate,
  gatherBatch,
  type PreparedScan,
  type RecordBatch,
  type ScanRequest,
  type TableProvider,
  types,
  type Value,
} from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createStatistics } from '../run/statistics.ts';
import { batchesOf, column, evaluationContext, harness, literal, read, run } from '../testing/harness.ts';

const a = { ...column('a', types.int4), field: 'fa' };
const b = { ...column('b', types.text), field: 'fb' };
const FIELDS = [a, b];

interface Recorded extends TableProvider {
  readonly requests: ScanRequest[];
  returned: number;
}

/** A table in memory that applies the first `applied` filters itself. */
function tableOf(rows: readonly Value[][], applied: number): Recorded {
  const provider: Recorded = {
    schema: { fields: FIELDS.map((entry) => ({ name: entry.field, type: entry.type, nullable: true })) },
    requests: [],
    returned: 0,
    prepareScan(request: ScanRequest): PreparedScan {
      provider.requests.push(request);
      const own = request.filters.slice(0, applied);
      return {
        residualFilters: request.filters.slice(applied),
        describe: () => `files 1/${rows.length}`,
        async *batches(): AsyncGenerator<RecordBatch, void, void> {
          try {
            for (const whole of batchesOf(FIELDS, rows, 2)) {
              const column = (id: ColumnId) => {
                const at = FIELDS.findIndex((entry) => entry.field === request.fieldOf(id));
                return whole.vectors[at] as RecordBatch['vectors'][number];
              };
              const passed = evaluatePredicate(own, { rowCount: whole.rowCount, column }, evaluationContext());
              const vectors = request.columns.map(
                (name) =>
                  whole.vectors[FIELDS.findIndex((entry) => entry.field === name)] as RecordBatch['vectors'][number],
              );
              yield gatherBatch({ rowCount: whole.rowCount, vectors }, passed);
            }
          } finally {
            provider.returned++;
          }
        },
      };
    },
  };
  return provider;
}

function scan(options: Partial<PhysicalOf<'table-scan'>> = {}): PhysicalOf<'table-scan'> {
  const columns = options.scanColumns ?? [a, b];
  return {
    op: 'table-scan',
    table: { tableId: 't', schemaId: 1, schemaName: 'public', name: 't' },
    columns,
    scanColumns: columns,
    filterColumns: [],
    filters: [],
    range: null,
    ...options,
  };
}

const rows: Value[][] = [
  [1, 'x'],
  [2, 'y'],
  [null, 'z'],
  [4, 'x'],
  [5, null],
];
const greater = (value: Expr): Expr => ({ kind: 'compare', op: '>', left: read(a), right: value });
const parameter: Expr = { kind: 'parameter', index: 1, type: types.int4 };
const parameters = [{ kind: 'value', value: 1 } as const];
const quotient = (divisor: Expr): Expr => ({
  kind: 'call',
  fn: { id: '/(int4,int4)', volatility: 'immutable', mayFail: true, strict: true },
  args: [literal(4, types.int4), divisor],
  type: types.int4,
});

describe('table scan', () => {
  it('offers filters with parameters and constant parts as literals', async () => {
    const table = tableOf(rows, 1);
    const sum: Expr = quotient(literal(2, types.int4));
    const plan = scan({ filters: [greater(parameter), greater(sum)] });
    expect(await run(plan, { tables: { t: table }, parameters })).toEqual([
      [4, 'x'],
      [5, null],
    ]);
    expect(table.requests[0]?.filters).toEqual([greater(literal(1, types.int4)), greater(literal(2, types.int4))]);
    expect(table.requests[0]?.columns).toEqual(['fa', 'fb']);
    expect(table.returned).toBe(1);
  });

  it('drops columns that only filters read', async () => {
    const table = tableOf(rows, 0);
    const plan = scan({ scanColumns: [b], filterColumns: [a], filters: [greater(parameter)] });
    expect(await run(plan, { tables: { t: table }, parameters })).toEqual([['y'], ['x'], [null]]);
  });

  it('counts rows without columns', async () => {
    const table = tableOf(rows, 1);
    const plan = scan({ scanColumns: [], filterColumns: [a], filters: [greater(parameter)] });
    expect(await run(plan, { tables: { t: table }, parameters })).toEqual([[], [], []]);
  });

  it('an error in a constant part is raised only if a row reaches it', async () => {
    const bad = greater(quotient(literal(0, types.int4)));
    const guard = greater(literal(100, types.int4));
    const table = tableOf(rows, 9);
    expect(await run(scan({ filters: [guard, bad] }), { tables: { t: table } })).toEqual([]);
    expect(table.requests[0]?.filters).toEqual([guard]);
    await expect(run(scan({ filters: [bad] }), { tables: { t: table } })).rejects.toMatchObject({ sqlstate: '22012' });
  });

  it('a filter that is not TRUE for any row asks the table for nothing', async () => {
    const table = tableOf(rows, 0);
    expect(await run(scan({ filters: [literal(null, types.bool)] }), { tables: { t: table } })).toEqual([]);
    expect(table.requests).toEqual([]);
    expect(await run(scan({ filters: [literal(true, types.bool)] }), { tables: { t: table } })).toEqual(rows);
  });

  it('tells how many rows are needed, and applies the range after the filters', async () => {
    const range = { skip: literal(1n, types.int8), fetch: literal(1n, types.int8) };
    const volatile: Expr = {
      kind: 'compare',
      op: '<',
      left: {
        kind: 'call',
        fn: { id: 'random()', volatility: 'volatile', mayFail: false, strict: true },
        args: [],
        type: types.float8,
      },
      right: literal(0.75, types.float8),
    };
    const table = tableOf(rows, 0);
    const plan = scan({ filters: [greater(parameter)], range });
    expect(await run(plan, { tables: { t: table }, parameters })).toEqual([[4, 'x']]);
    expect(table.requests[0]?.fetch).toBe(2);
    await run(scan({ filters: [volatile], range }), { tables: { t: table } });
    expect(table.requests[1]).toMatchObject({ fetch: null, filters: [] });
    expect(table.returned).toBe(2);
  });

  it('gives the same rows however much the table applies', async () => {
    const filters = fc.array(fc.constantFrom(greater(literal(1, types.int4)), greater(parameter), greater(read(a))), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(filters, fc.nat(3), async (list, applied) => {
        const some = await run(scan({ filters: list }), { tables: { t: tableOf(rows, applied) }, parameters });
        const none = await run(scan({ filters: list }), { tables: { t: tableOf(rows, 0) }, parameters });
        expect(some).toEqual(none);
      }),
      { numRuns: 60 },
    );
  });

  it('reports what the table read', async () => {
    let now = 0;
    const stats = createStatistics({ monotonicMs: () => now++ });
    const plan = scan();
    await run(plan, { harness: harness({ stats, tables: { t: tableOf(rows, 0) } }) });
    expect(stats.read(plan)).toEqual({ rows: 5, batches: 3, loops: 1, micros: 4000, detail: 'files 1/5' });
  });
});
