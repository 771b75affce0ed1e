import { failure } from '../errors/table.ts';

/** The most items one array value may have: it must fit in memory as values, beside its text for the client. */
const ARRAY_ITEMS_MAX = 10_000_000;

/** 54000 for an array that would be too long; asked before it is built. */
export function checkArraySize(items: number): void {
  if (items <= ARRAY_ITEMS_MAX) return;
  const message = `array size exceeds the maximum allowed (${ARRAY_ITEMS_MAX})`;
  throw failure('programLimit', { message });
}
