import type { Value } from '@millrace/core';
import fc from 'fast-check';
import type { ReferenceDatabase } from '../reference/interpreter.ts';
import { domainOf, FIXTURE_TABLES } from './tables.ts';

const ROWS_MAX = 6;

/**
 * Rows of the fixture tables: none to six each, from small domains, so that keys meet, rows repeat and NULLs are everywhere. A missing cell is the
 * domain's simplest value.
 */
export const databases: fc.Arbitrary<ReferenceDatabase> = fc
  .tuple(
    ...FIXTURE_TABLES.map((table) =>
      fc.array(fc.array(fc.nat({ max: 63 }), { maxLength: table.columns.length, size: 'max' }), {
        maxLength: ROWS_MAX,
        size: 'max',
      }),
    ),
  )
  .map(
    (tables) =>
      new Map(
        FIXTURE_TABLES.map((table, i) => [
          table.tableId,
          (tables[i] ?? []).map((picks) =>
            Object.fromEntries(
              table.columns.map((column, j) => [column.name, cellOf(domainOf(column.type), picks[j] ?? 0)]),
            ),
          ),
        ]),
      ),
  );

/** One of five cells is NULL. */
function cellOf(domain: readonly Value[], pick: number): Value {
  return pick % 5 === 4 ? null : (domain[pick % domain.length] ?? null);
}
