import {
  assert,
  type CatalogTable,
  failure,
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
  /** What `after` brought about so far, for comparing; without it the suite cannot see whether a transaction that comes twice counts twice. */
  readonly effect?: () => unknown;
}

const ROWS_MAX = 8;
/** So many of the generated batches must pass the hook, or the suite says nothing. */
const PASSED_MIN = 5;

/**
 * The laws of `IngestHook` as tests. `before`: it leaves the batch that it is given alone, gives back one of the same columns, refuses with errors that
 * a client can be shown, and decides about rows by what is in them. `after`: it leaves the batches alone too, and takes what a server may give it: the
 * same transaction once more, a gap, a table that is forgotten, and the end of the server.
 *
 *     ingestHookSuite({ hook: projectsOnly, table: requests, values: { project_id: ['p1', 'p2', 'x'] } });
 */
export function ingestHookSuite(subject: IngestHookSubject, budget: SuiteBudget = {}): void {
  const { hook } = subject;
  describe(`ingest hook: ${hook.name}`, () => {
    it('has a name and something to do', () => {
      expect(hook.name).toMatch(/^.{0,63}\S.{0,63}$/);
      expect(hook.before ?? hook.after).toBeDefined();
    });
    if (hook.before !== undefined) beforeLaws({ ...subject, before: hook.before.bind(hook) }, budget);
    if (hook.after !== undefined) afterLaws({ ...subject, after: hook.after.bind(hook) }, budget);
  });
}

type Before = NonNullable<IngestHook['before']>;
type After = NonNullable<IngestHook['after']>;

function beforeLaws(subject: IngestHookSubject & { readonly before: Before }, budget: SuiteBudget): void {
  const { before, table } = subject;
  const batches = batchesOf(subject);
  it('keeps the columns, changes no batch but its own, and refuses only with errors for clients', async () => {
    let passed = 0;
    await assertProperty(budget, 200, batches, async (rows) => {
      const [batch, twin] = [batchOf(table, rows), batchOf(table, rows)];
      const result = outcomeOf(before, batch, table);
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
      const [one, two] = [
        outcomeOf(before, batchOf(table, rows), table),
        outcomeOf(before, batchOf(table, rows), table),
      ];
      expect(one === null ? null : valuesOf(one)).toEqual(two === null ? null : valuesOf(two));
    });
  });

  it('takes a batch without rows', () => {
    const result = before(batchOf(table, []), table);
    expect(result.vectors.map(({ length }) => length)).toEqual(table.columns.map(() => result.rowCount));
  });
}

/** Longer than this nobody waits for a hook that was told to stop. */
const STOP_MS_MAX = 1_000;

function afterLaws(subject: IngestHookSubject & { readonly after: After }, budget: SuiteBudget): void {
  const { after, table, effect } = subject;
  const batches = batchesOf(subject);
  const { signal } = new AbortController();
  let lsn = 0n;
  it('changes no batch, and takes a transaction once more as if it had not come', async () => {
    await assertProperty(budget, 30, batches, async (rows) => {
      lsn++;
      const [batch, twin] = [batchOf(table, rows), batchOf(table, rows)];
      const event = { kind: 'commit', lsn, tables: [{ table, tableId: table.tableId, batches: [batch] }] } as const;
      await after(event, signal);
      const once = await effect?.();
      await after(event, signal);
      expect(await effect?.()).toEqual(once);
      expect(valuesOf(batch)).toEqual(valuesOf(twin));
    });
  });

  it('takes a gap, and a table that nobody knows any more', async () => {
    await after({ kind: 'gap', after: lsn, lsn: lsn + 10n }, signal);
    lsn += 11n;
    await after({ kind: 'commit', lsn, tables: [{ table: null, tableId: 'forgotten', batches: [] }] }, signal);
  });

  it('ends soon when it is told to stop', async () => {
    lsn++;
    const stopped = AbortSignal.abort(failure('shuttingDown'));
    const event = { kind: 'commit', lsn, tables: [{ table, tableId: table.tableId, batches: [] }] } as const;
    const ended = after(event, stopped).then(
      () => true,
      () => true,
    );
    const late = new Promise<boolean>(
      (resolve) => void AbortSignal.timeout(STOP_MS_MAX).addEventListener('abort', () => resolve(false)),
    );
    expect(await Promise.race([ended, late])).toBe(true);
  });
}

/** What came back, null if the hook refused. */
function outcomeOf(before: Before, batch: RecordBatch, table: CatalogTable): RecordBatch | null {
  try {
    return before(batch, table);
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
