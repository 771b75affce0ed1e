import {
  type ColumnId,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type Expr,
  evaluatePredicate,
  type Schema,
  types,
  type Value,
} from '@millrace/core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { DeltaTable } from '../delta-table.ts';
import type { AddFile } from '../log/actions.ts';
import { append, batchOf, columnOf, prepare, rowsOf } from '../testing/rows.ts';
import { testEnvironment } from '../testing/test-environment.ts';
import { ANY, FALSE, NULL, outcomesOf, TRUE } from './outcomes.ts';
import { pruneFiles } from './prune-files.ts';

const schema: Schema = {
  fields: [
    { name: 'p', type: types.text, nullable: true },
    { name: 'i', type: types.int8, nullable: true },
    { name: 'f', type: types.float8, nullable: true },
    { name: 't', type: types.text, nullable: true },
    { name: 'tz', type: types.timestamptz, nullable: true },
    { name: 'd', type: { kind: 'numeric', precision: 20, scale: 2 }, nullable: true },
    { name: 'b', type: types.bool, nullable: true },
  ],
};
const BIG = 9_007_199_254_740_992n;
const DOMAIN: Readonly<Record<string, readonly Value[]>> = {
  p: ['a', 'b', 'é', null],
  i: [BIG, BIG + 1n, -BIG - 1n, 0n, null],
  f: [-1, -0, 0, 1, Number.NaN, Number.POSITIVE_INFINITY, null],
  t: ['', 'a', `${'a'.repeat(32)}b`, `${'a'.repeat(32)}é`, '日本', null],
  tz: [0n, 1n, 999n, 1_000n, 1_001n, 9_223_372_036_854_775_807n, null],
  d: ['-1.00', '0.00', '90071992547409.93', '90071992547409.92', null],
  b: [true, false, null],
};
const FILES = 24;
let table: DeltaTable;
let contents: Value[][][];

beforeAll(async () => {
  const random = fc.sample(
    fc.array(
      fc.record(Object.fromEntries(Object.entries(DOMAIN).map(([name, values]) => [name, fc.constantFrom(...values)]))),
      {
        minLength: 1,
        maxLength: 3,
      },
    ),
    { seed: 42, numRuns: FILES },
  );
  table = await DeltaTable.create(testEnvironment(), {
    location: 't/',
    tableId: 'id',
    schema,
    partitionColumns: ['p'],
  });
  contents = [];
  for (const [n, rows] of random.entries()) {
    const values = rows.map((row) =>
      schema.fields.map((field) => (field.name === 'p' ? rows[0]!['p']! : row[field.name]!)),
    );
    contents.push(values);
    await append(table, values, { from: BigInt(n) - 1n, version: BigInt(n) });
  }
});

const literal = (name: string, value: Value): Expr => ({
  kind: 'literal',
  value,
  type: schema.fields.find((field) => field.name === name)!.type,
});
const leaf: fc.Arbitrary<Expr> = fc.constantFrom(...Object.keys(DOMAIN)).chain((name) => {
  const operand = columnOf(schema, name);
  const value = fc.constantFrom(...DOMAIN[name]!).map((v) => literal(name, v));
  const op = fc.constantFrom('=', '<>', '<', '<=', '>', '>=', 'is-distinct', 'is-not-distinct' as const);
  return fc.oneof(
    fc.record({ op, value, flip: fc.boolean() }).map((r): Expr => {
      const [left, right] = r.flip ? [r.value, operand] : [operand, r.value];
      return { kind: 'compare', op: r.op as '=', left, right };
    }),
    fc.boolean().map((negated): Expr => ({ kind: 'is-null', operand, negated })),
    fc
      .record({ items: fc.array(value, { minLength: 1, maxLength: 3 }), negated: fc.boolean() })
      .map((r): Expr => ({ kind: 'in-list', operand, ...r })),
    ...(name === 'b' ? [fc.constant(operand)] : []),
  );
});
const { predicate } = fc.letrec<{ predicate: Expr }>((tie) => ({
  predicate: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      operands: fc.array(tie('predicate'), { minLength: 2, maxLength: 3 }),
    }),
    tie('predicate').map((operand): Expr => ({ kind: 'not', operand })),
    fc
      .record({ operand: tie('predicate'), value: fc.boolean(), negated: fc.boolean() })
      .map((r): Expr => ({ kind: 'is-bool', ...r })),
  ),
}));

const context = { parameters: [], format: DEFAULT_FORMAT } as unknown as EvaluationContext;
function matching(rows: readonly (readonly Value[])[], filters: readonly Expr[]): readonly (readonly Value[])[] {
  const batch = batchOf(schema, rows);
  const column = (id: ColumnId) => batch.vectors[id]!;
  return filters.reduce<readonly (readonly Value[])[]>((left, filter) => {
    const selected = new Set(
      [...evaluatePredicate(filter, { rowCount: batch.rowCount, column }, context)].map((i) => rows[i]),
    );
    return left.filter((row) => selected.has(row));
  }, rows);
}

test('no row is lost, and no dropped filter was needed', () => {
  let pruned = 0;
  let dropped = 0;
  fc.assert(
    fc.property(fc.array(predicate, { minLength: 1, maxLength: 2 }), (filters) => {
      const files = [...table.snapshot!.files.values()];
      const request = { schema, partitionColumns: ['p'], filters, fieldOf: (id: ColumnId) => schema.fields[id]!.name };
      const result = pruneFiles(files, request);
      pruned += files.length - result.files.length;
      dropped += filters.length - result.residualFilters.length;
      for (const [i, rows] of contents.entries()) {
        const expected = matching(rows, filters);
        const found = result.files.includes(files[i]!) ? matching(rows, result.residualFilters) : [];
        expect(found).toEqual(expected);
      }
    }),
    { numRuns: 400 },
  );
  expect(pruned).toBeGreaterThan(1_000);
  expect(dropped).toBeGreaterThan(20);
});

test('int64 extremes above 2^53 are told apart', async () => {
  const filters: Expr[] = [{ kind: 'compare', op: '=', left: columnOf(schema, 'i'), right: literal('i', BIG + 1n) }];
  const scan = await prepare(table.pin(), { filters });
  const rows: Value[][] = [];
  for await (const batch of scan.batches()) rows.push(...rowsOf(batch));
  expect(matching(rows, scan.residualFilters)).toEqual(matching(contents.flat(), filters));
  const withBig = contents.filter((file) => file.some((row) => row[1] === BIG + 1n)).length;
  expect(withBig).toBeLessThan(FILES);
  expect(matching(rows, filters).length).toBeGreaterThan(0);
});

test('a limit opens only the files it needs, and cuts the last batch', async () => {
  const scan = await prepare(table.pin(), { fetch: 3, columns: ['i'] });
  let rows = 0;
  for await (const batch of scan.batches()) rows += batch.rowCount;
  expect(rows).toBe(3);
  expect(scan.describe()).toMatch(/^files read [1-3] of 24, 2[1-3] pruned$/);
});

test('statistics of an unknown shape prove nothing', () => {
  const file = (stats: string): AddFile => ({
    path: 'x',
    partitionValues: {},
    size: 1,
    modificationTime: 0,
    dataChange: true,
    stats,
  });
  const filters: Expr[] = [{ kind: 'compare', op: '>', left: columnOf(schema, 'i'), right: literal('i', 5n) }];
  const request = { schema, partitionColumns: [], filters, fieldOf: (id: ColumnId) => schema.fields[id]!.name };
  for (const stats of [
    '',
    'null',
    '[]',
    '{"stats_json":"{}"}',
    '{"numRecords":"3","maxValues":{"i":1}}',
    '{"numRecords":1,"maxValues":{"i":"1"}}',
  ]) {
    expect(pruneFiles([file(stats)], request)).toMatchObject({ files: [{ stats }], residualFilters: filters });
  }
  expect(pruneFiles([file('{"numRecords":1,"maxValues":{"i":1}}')], request).files).toEqual([]);
});

test('floats: another engine’s greatest may hide a NaN', () => {
  const file: AddFile = {
    path: 'x',
    partitionValues: {},
    size: 1,
    modificationTime: 0,
    dataChange: true,
    stats: '{"numRecords":2,"minValues":{"f":1},"maxValues":{"f":2},"nullCount":{"f":0}}',
  };
  const fieldOf = (id: ColumnId): string => schema.fields[id]!.name;
  const kept = (op: '>' | '<', value: number): number =>
    pruneFiles([file], {
      schema,
      partitionColumns: [],
      fieldOf,
      filters: [{ kind: 'compare', op, left: columnOf(schema, 'f'), right: literal('f', value) }],
    }).files.length;
  expect([kept('>', 5), kept('<', 0)]).toEqual([1, 0]);
});

test('what is not understood may come to anything', () => {
  const rangeOf = (): null => null;
  const call: Expr = { kind: 'coalesce', args: [], type: types.bool };
  expect(outcomesOf(call, rangeOf)).toBe(ANY);
  expect(outcomesOf({ kind: 'and', operands: [call, literal('b', false)] }, rangeOf)).toBe(FALSE);
  expect(outcomesOf({ kind: 'or', operands: [call, literal('b', true)] }, rangeOf)).toBe(TRUE);
  expect(outcomesOf({ kind: 'not', operand: literal('b', null) }, rangeOf)).toBe(NULL);
});
