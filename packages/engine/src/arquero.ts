import { encodeIpcStream } from '@millrace/core/arrow';
import { type ColumnTable, fromArrow } from 'arquero';
import { type ClientResult, fieldsOf } from './library/client.ts';

/**
 * A query's result as an arquero table, for exploring: `toArquero(await client.query('select ...'))`. int8 stays bigint; timestamps become Dates, whose
 * milliseconds are less than the stored microseconds. arquero's operators are not SQL's (NULL, NaN): compute in SQL, look at it here.
 */
export async function toArquero(result: ClientResult): Promise<ColumnTable> {
  const bytes = await encodeIpcStream(result.batches, fieldsOf(result.columns));
  return fromArrow(bytes, { useBigInt: true, useDate: true });
}
