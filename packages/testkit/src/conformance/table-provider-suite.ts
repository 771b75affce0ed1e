import type { Schema, TableProvider } from '@millrace/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkScan, type Scannable, scanQuestions } from './scan-laws.ts';
import { assertProperty, type SuiteBudget } from './suite-budget.ts';
import { byIdentifier, rowsOfBatch, SUITE_SCHEMA, sampleRows, type TableRow, tableRows } from './table-rows.ts';

/** A table to read. */
export interface TableProviderSubject {
  readonly provider: TableProvider;
  /** How many scans hold something at the moment; leave it out if nobody counts. */
  openScans?(): number;
  close?(): Promise<void> | void;
}

/**
 * The laws of `TableProvider` as tests: whatever columns, filters and bounds it is asked for, what it gives and says is right about its rows.
 *
 *     tableProviderSuite('http', async (schema, rows) => ({ provider: await serveAndOpen(schema, rows) }));
 */
export function tableProviderSuite(
  name: string,
  create: (schema: Schema, rows: readonly TableRow[]) => Promise<TableProviderSubject> | TableProviderSubject,
  budget: SuiteBudget = {},
): void {
  /** Runs `use` on a table with these rows. */
  const withRows = async (
    rows: readonly TableRow[],
    use: (subject: TableProviderSubject) => Promise<void>,
  ): Promise<void> => {
    const subject = await create(SUITE_SCHEMA, rows);
    try {
      await use(subject);
    } finally {
      await subject.close?.();
    }
  };
  describe(`table provider: ${name}`, () => {
    it('has the columns of the table', () =>
      withRows([], async ({ provider }) => {
        expect(provider.schema.fields.map((field) => [field.name, field.type])).toEqual(
          SUITE_SCHEMA.fields.map((field) => [field.name, field.type]),
        );
      }));

    it('gives all rows with their contents, and row counts alone when no column is wanted', () =>
      withRows(sampleRows(50), async ({ provider }) => {
        expect(byIdentifier(await readAll(provider))).toEqual(sampleRows(50));
        expect((await readAll(provider, [])).length).toBe(50);
      }));

    it('ends early, and releases what it held', () =>
      withRows(sampleRows(50), async ({ provider, openScans }) => {
        const controller = new AbortController();
        const scan = await provider.prepareScan(requestOf(provider), { signal: controller.signal, batchRows: 2 });
        for await (const batch of scan.batches()) {
          expect(batch.rowCount).toBeGreaterThan(0);
          break;
        }
        if (openScans !== undefined) expect(openScans()).toBe(0);
        expect((await readAll(provider)).length).toBe(50);
      }));

    it('stops for a caller who has given up', () =>
      withRows(sampleRows(50), async ({ provider, openScans }) => {
        const controller = new AbortController();
        const read = async (): Promise<void> => {
          const scan = await provider.prepareScan(requestOf(provider), { signal: controller.signal, batchRows: 1 });
          controller.abort();
          for await (const batch of scan.batches()) void batch;
        };
        await expect(read()).rejects.toBeDefined();
        if (openScans !== undefined) expect(openScans()).toBe(0);
      }));

    it('answers scans side by side', () =>
      withRows(sampleRows(20), async ({ provider }) => {
        const [one, two] = await Promise.all([readAll(provider), readAll(provider, ['k', 'id'])]);
        expect(byIdentifier(one ?? [])).toEqual(sampleRows(20));
        expect((two ?? []).map(([, id]) => id).sort()).toEqual(
          sampleRows(20)
            .map(([id]) => id)
            .sort(),
        );
      }));

    it('is right about its rows, whatever it is asked', () =>
      assertProperty(
        budget,
        60,
        fc.tuple(tableRows(12), fc.array(scanQuestions(SUITE_SCHEMA.fields.length), { maxLength: 4 })),
        ([rows, questions]) =>
          withRows(rows, async ({ provider }) => {
            for (const question of questions) await checkScan(provider, rows, question);
          }),
      ));
  });
}

function requestOf(table: Scannable, columns?: readonly string[]) {
  const { fields } = table.schema;
  return { columns: columns ?? fields.map((field) => field.name), filters: [], fieldOf: () => '', fetch: null };
}

/** What a plain scan gives. */
export async function readAll(table: Scannable, columns?: readonly string[]): Promise<TableRow[]> {
  const signal = new AbortController().signal;
  const scan = await table.prepareScan(requestOf(table, columns), { signal, batchRows: 7 });
  const rows: TableRow[] = [];
  for await (const batch of scan.batches()) rows.push(...rowsOfBatch(batch));
  return rows;
}
