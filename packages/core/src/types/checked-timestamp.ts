import { failure } from '../errors/table.ts';
import { isInfiniteTimestamp, isTimestampInRange } from './civil.ts';

/** A finite timestamp that arithmetic came to; 22008 outside PostgreSQL's range. */
export function checkedTimestamp(micros: bigint): bigint {
  if (!isTimestampInRange(micros)) throw failure('datetimeOutOfRange', { what: 'timestamp' });
  return micros;
}

/** The same for what may be infinite too: infinities stay. */
export function checkedOrInfinite(micros: bigint): bigint {
  return isInfiniteTimestamp(micros) ? micros : checkedTimestamp(micros);
}
