import {
  assert,
  type CatalogTable,
  type IngestHook,
  isNullAt,
  MillraceError,
  type RecordBatch,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { domainOf } from '../gen/tables.ts';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';

/** A hook, and what it is to be tried on. */
export interface IngestHookSubject {
  readonly hook: IngestHook;
  /** A table whose rows it is to see. */
  readonly table: CatalogTable;
  /** Values that mean something to the hook, by column: they are mixed into the generated rows. */
  readonly values?: Readonly<Record<string, readonly Value[]>>;
}

const ROWS_MAX = 8;
/** So many of the generated batches must pass the hook, or the suite says nothing. */
const PASSED_MIN = 5;

/**
 * The laws of `IngestHook` as tests: it leaves the batch that it is given alone, gives back one of the same columns, refuses with errors that
 * a client can be shown, and decides about rows by what is in them.
 *
 *     ingestHookSuite({ hook: projectsOnly, table: requests, values: { project_id: ['p1', 'p2', 'x'] } });
 */
export function ingestHookSuite(subject: IngestHookSubject, budget: SuiteBudget = {}): void {
  const { hook, table } = subject;
  const batches = batchesOf(subject);
  describe(`ingest hook: ${hook.name}`, () => {
    it('has a name', () => expect(hook.name).toMatch(/\S/));

    it('keeps the columns, changes no batch but its own, and refuses only with errors for clients', async () => {
      let passed = 0;
      await assertProperty(budget, 200, batches, async (rows) => {
        const [batch, twin] = [batchOf(table, rows), batchOf(table, rows)];
        const result = outcomeOf(hook, batch, table);
        expect(valuesOf(batch)).toEqual(valuesOf(twin));
        if (result === null) return;
        passed++;
        expect(result.vectors.map(({ type }) => type)).toEqual(table.columns.map(({ type }) => type));
        for (const vector of result.vectors) expect(vector.length).toBe(result.rowCount);
      });
      expect(passed, 'batches that the hook lets pass').toBeGreaterThanOrEqual(PASSED_MIN);
    });

    it('does the same to the same rows', async () => {
      await assertProperty(budget, 100, batches, async (rows) => {
        const [one, two] = [outcomeOf(hook, batchOf(table, rows), table), outcomeOf(hook, batchOf(table, rows), table)];
        expect(one === null ? null : valuesOf(one)).toEqual(two === null ? null : valuesOf(two));
      });
    });

    it('takes a batch without rows', () => {
      const result = hook.before(batchOf(table, []), table);
      expect(result.vectors.map(({ length }) => length)).toEqual(table.columns.map(() => result.rowCount));
    });
  });
}

/** What came back, null if the hook refused. */
function outcomeOf(hook: IngestHook, batch: RecordBatch, table: CatalogTable): RecordBatch | null {
  try {
    return hook.before(batch, table);
  } catch (error) {
    assert(
      error instanceof MillraceError,
      `the hook throws ${String(error)}, which no client can be shown: throw failure(...)`,
    );
    expect(error.sqlstate).not.toBe('XX000');
    return null;
  }
}

function batchesOf({ table, values = {} }: IngestHookSubject): fc.Arbitrary<readonly (readonly Value[])[]> {
  const cells = table.columns.map(({ name, type, nullable }) => {
    const domain = [...(values[name] ?? []), ...(values[name] ?? []), ...domainOf(type)];
    const some: readonly Value[] = nullable || domain.length === 0 ? [...domain, null] : domain;
    return fc.constantFrom(...some);
  });
  return fc.array(fc.tuple(...cells), { maxLength: ROWS_MAX });
}

function batchOf(table: CatalogTable, rows: readonly (readonly Value[])[]): RecordBatch {
  const vectors = table.columns.map(({ type }, i) =>
    vectorFromValues(
      type,
      rows.map((row) => row[i] ?? null),
    ),
  );
  return { rowCount: rows.length, vectors };
}

function valuesOf({ vectors, rowCount }: RecordBatch): Value[][] {
  return Array.from({ length: rowCount }, (_, row) =>
    vectors.map((vector) => (isNullAt(vector, row) ? null : valueAt(vector, row))),
  );
}
