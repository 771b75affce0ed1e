import { failure, type Interval } from '@millrace/core';

const DAY_MICROS = 86_400_000_000n;
const DAYS_OF_MONTH = 30n;
const INT4 = 2n ** 31n;

/** What intervals are ordered and equal by: a month is 30 days, a day 24 hours. */
export function spanOf({ months, days, micros }: Interval): bigint {
  return (BigInt(months) * DAYS_OF_MONTH + BigInt(days)) * DAY_MICROS + micros;
}

function checked(months: bigint, days: bigint, micros: bigint): Interval {
  const isInt4 = (value: bigint): boolean => value >= -INT4 && value < INT4;
  if (!isInt4(months) || !isInt4(days) || BigInt.asIntN(64, micros) !== micros)
    throw failure('datetimeOutOfRange', { what: 'interval' });
  return { months: Number(months), days: Number(days), micros };
}

/** Part by part; 22008 where one is out of range. */
export function addIntervals(a: Interval, b: Interval, sign: 1 | -1): Interval {
  const factor = BigInt(sign);
  return checked(
    BigInt(a.months) + factor * BigInt(b.months),
    BigInt(a.days) + factor * BigInt(b.days),
    a.micros + factor * b.micros,
  );
}

/** `1 year 2 mons -3 days +04:05:06.7`: a part after a negative one shows its plus. */
export function textFromInterval({ months, days, micros }: Interval): string {
  const parts: string[] = [];
  let isBefore = false;
  const add = (value: number, unit: string): void => {
    if (value === 0) return;
    parts.push(`${isBefore && value > 0 ? '+' : ''}${value} ${unit}${value === 1 ? '' : 's'}`);
    isBefore = value < 0;
  };
  add(Math.trunc(months / 12), 'year');
  add(months % 12, 'mon');
  add(days, 'day');
  if (micros !== 0n || parts.length === 0) {
    const rest = micros < 0n ? -micros : micros;
    const pad = (value: bigint): string => String(value).padStart(2, '0');
    const fraction = rest % 1_000_000n;
    const decimals = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
    const clock = `${pad(rest / 3_600_000_000n)}:${pad((rest / 60_000_000n) % 60n)}:${pad((rest / 1_000_000n) % 60n)}`;
    parts.push(`${micros < 0n ? '-' : isBefore ? '+' : ''}${clock}${decimals}`);
  }
  return parts.join(' ');
}

const UNITS: Readonly<Record<string, 'months' | 'days'>> = { mon: 'months', mons: 'months', day: 'days', days: 'days' };

/** Reads `1 mon`, `-2 days`, `01:02:03` and several of them; 22007 for other text. */
export function intervalFromText(text: string): Interval {
  const fail = (): never => {
    throw failure('badDatetime', { type: 'interval', value: text });
  };
  let [months, days, micros] = [0n, 0n, 0n];
  const words = text.trim().split(/\s+/);
  for (let at = 0; at < words.length; at++) {
    const clock = /^([+-]?)(\d+):(\d\d)(?::(\d\d))?$/.exec(words[at] ?? '');
    if (clock !== null) {
      const seconds = BigInt(clock[2] ?? 0) * 3600n + BigInt(clock[3] ?? 0) * 60n + BigInt(clock[4] ?? 0);
      micros += seconds * 1_000_000n * (clock[1] === '-' ? -1n : 1n);
      continue;
    }
    const unit = UNITS[words[at + 1] ?? ''] ?? fail();
    const count = /^[+-]?\d+$/.test(words[at] ?? '') ? BigInt((words[at] ?? '').replace('+', '')) : fail();
    if (unit === 'months') months += count;
    else days += count;
    at++;
  }
  return checked(months, days, micros);
}
