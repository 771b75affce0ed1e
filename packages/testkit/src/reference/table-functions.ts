import { assert, failure, type Value } from '@millrace/core';

/** The rows of a set-returning function, as lists of cells. A NULL argument gives no row. Only what generated plans use. */
export function tableFunctionReference(id: string, args: readonly Value[]): readonly (readonly Value[])[] {
  assert(id.startsWith('generate_series(int4'), `the reference interpreter has no table function ${id}`);
  if (args.includes(null)) return [];
  const [start = 0, stop = 0, step = 1] = args.map(Number);
  if (step === 0) throw failure('invalidParameterValue', { message: 'step size cannot equal zero' });
  const rows: Value[][] = [];
  for (let value = start; step > 0 ? value <= stop : value >= stop; value += step) rows.push([value]);
  return rows;
}
