import { failure } from '../errors/table.ts';
import type { Volatility } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import { checkedTimestamp } from '../types/checked-timestamp.ts';
import { isInfiniteTimestamp, splitMicros } from '../types/civil.ts';
import { type DataType, types } from '../types/data-type.ts';
import { fixedTimeZone, localToUtc, type TimeZone, timeZoneOf, utcToLocal } from '../types/time-zone.ts';
import type { Interval, Value } from '../types/value.ts';
import { sessionZone } from './datetime-arithmetic.ts';
import { defineScalarFunction, type FunctionDefinition } from './definition.ts';
import { simple } from './shorthand.ts';

const { timestamp, timestamptz, date } = types;

function clock(
  names: readonly string[],
  returns: DataType,
  read: (context: EvaluationContext) => Value,
  volatility: Volatility = 'stable',
): FunctionDefinition[] {
  return names.map((name) =>
    defineScalarFunction({ name, args: [], returns, volatility, mayFail: false, row: (_, context) => read(context) }),
  );
}

const localNow = (context: EvaluationContext): bigint => utcToLocal(sessionZone(context), context.transactionMicros);

/** The zone of an interval, `AT TIME ZONE INTERVAL '-3 hours'`. 22023 if it has months or days. */
function zoneOfInterval(span: Interval): TimeZone {
  if (span.months !== 0 || span.days !== 0) {
    throw failure('invalidParameterValue', { message: 'interval time zone must not include months or days' });
  }
  return fixedTimeZone(Number(span.micros / 1_000_000n));
}

/** timestamptz AT TIME ZONE: the zone's local time. */
const toLocal = (zone: TimeZone, instant: bigint): bigint =>
  isInfiniteTimestamp(instant) ? instant : checkedTimestamp(utcToLocal(zone, instant));
/** timestamp AT TIME ZONE: the instant when the zone shows that time. */
const toInstant = (zone: TimeZone, local: bigint): bigint =>
  isInfiniteTimestamp(local) ? local : checkedTimestamp(localToUtc(zone, local));

/** The clock functions, and timezone(zone, value) = `value AT TIME ZONE zone`. */
export const nowFunctions: readonly FunctionDefinition[] = [
  ...clock(['now', 'transaction_timestamp', 'current_timestamp'], timestamptz, (context) => context.transactionMicros),
  ...clock(['statement_timestamp'], timestamptz, (context) => context.statementMicros),
  ...clock(['clock_timestamp'], timestamptz, (context) => context.clockMicros(), 'volatile'),
  ...clock(['localtimestamp'], timestamp, localNow),
  ...clock(['current_date'], date, (context) => splitMicros(localNow(context)).days),
  simple<[string, bigint]>('timezone', ['text', 'timestamptz'], timestamp, (zone, at) => toLocal(timeZoneOf(zone), at)),
  simple<[string, bigint]>('timezone', ['text', 'timestamp'], timestamptz, (zone, at) =>
    toInstant(timeZoneOf(zone), at),
  ),
  simple<[Interval, bigint]>('timezone', ['interval', 'timestamptz'], timestamp, (zone, at) =>
    toLocal(zoneOfInterval(zone), at),
  ),
  simple<[Interval, bigint]>('timezone', ['interval', 'timestamp'], timestamptz, (zone, at) =>
    toInstant(zoneOfInterval(zone), at),
  ),
];
