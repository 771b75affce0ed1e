import type { Interval, Value } from '@millrace/core';
import { failure } from '@millrace/core';
import { checkDate, isInfiniteDate } from './dates.ts';
import type { ReferenceFunction } from './functions.ts';
import { addIntervals } from './intervals.ts';
import { addInterval, extractField, momentDifference, momentOfDate, truncateMoment } from './moments.ts';

/** `+` and `-` where a date, a timestamp or an interval is involved; undefined for other arguments. */
export const datetimeArithmetic = (
  op: '+' | '-',
  args: readonly Value[],
  kinds: readonly string[],
): Value | undefined => {
  const sign = op === '+' ? 1 : -1;
  if (op === '+' && (kinds[0] === 'interval' || kinds[1] === 'date') && kinds[1] !== 'interval')
    return datetimeArithmetic(op, args.toReversed(), kinds.toReversed());
  const [a = null, b = null] = args;
  switch (kinds.join()) {
    case 'date,int4':
      return isInfiniteDate(Number(a)) ? a : checkDate(Number(a) + sign * Number(b));
    case 'date,date':
      if (isInfiniteDate(Number(a)) || isInfiniteDate(Number(b)))
        throw failure('datetimeError', { message: 'cannot subtract infinite dates' });
      return Number(a) - Number(b);
    case 'date,interval':
      return addInterval(momentOfDate(Number(a)), b as Interval, sign);
    case 'timestamp,interval':
    case 'timestamptz,interval':
      return addInterval(a as bigint, b as Interval, sign);
    case 'timestamp,timestamp':
    case 'timestamptz,timestamptz':
      return momentDifference(a as bigint, b as bigint);
    case 'interval,interval':
      return addIntervals(a as Interval, b as Interval, sign);
    default:
      return undefined;
  }
};

/** -interval. */
export function negateInterval(value: Value): Value {
  return addIntervals({ months: 0, days: 0, micros: 0n }, value as Interval, -1);
}

/** Functions of dates and times, by name. The session's time zone, and every zone that is named, is UTC. */
export const DATETIME_FUNCTIONS: ReadonlyMap<string, ReferenceFunction> = new Map<string, ReferenceFunction>([
  ['now', ({ now }) => now],
  ['transaction_timestamp', ({ now }) => now],
  ['statement_timestamp', ({ now }) => now],
  ['date_trunc', ({ args }) => truncateMoment(String(args[0]).toLowerCase(), args[1] as bigint)],
  ['extract', ({ args }) => extractField(String(args[0]).toLowerCase(), args[1] as bigint)],
  ['timezone', ({ args }) => args[1] ?? null],
  ['isfinite', ({ args }) => (typeof args[0] === 'number' ? !isInfiniteDate(args[0]) : isFiniteValue(args[0] ?? null))],
]);

function isFiniteValue(value: Value): boolean {
  return typeof value !== 'bigint' || (value !== 2n ** 63n - 1n && value !== -(2n ** 63n));
}
