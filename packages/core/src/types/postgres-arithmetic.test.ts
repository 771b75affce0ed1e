import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { MillraceError } from '../errors/millrace-error.ts';
import { formatTimestamp } from './datetime-format.ts';
import { parseTimestamp } from './datetime-parse.ts';
import {
  addToTimestamp,
  compareIntervals,
  formatInterval,
  justifyDays,
  justifyHours,
  justifyInterval,
  multiplyInterval,
  negateInterval,
} from './interval.ts';
import { parseInterval } from './interval-parse.ts';
import { compareJson } from './jsonb-order.ts';
import {
  absNumeric,
  addNumeric,
  ceilNumeric,
  compareNumeric,
  divideNumeric,
  divideTruncated,
  floorNumeric,
  formatNumeric,
  moduloNumeric,
  multiplyNumeric,
  type Numeric,
  negateNumeric,
  parseNumeric,
  roundNumeric,
  subtractNumeric,
  trimNumeric,
  truncateNumeric,
} from './numeric.ts';
import { timeZoneOf } from './time-zone.ts';

/** What PostgreSQL 15 answers, by operation and operands (`a ; b`). */
const ANSWERS = JSON.parse(readFileSync(new URL('./postgres-arithmetic.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, string>
>;

const UTC = { zone: timeZoneOf('UTC'), nowMicros: undefined };
const onNumerics = (f: (a: Numeric, b: Numeric) => Numeric) => (a: string, b: string) =>
  formatNumeric(f(parseNumeric(a), parseNumeric(b)));
const onInterval = (f: (a: ReturnType<typeof parseInterval>) => ReturnType<typeof parseInterval>) => (a: string) =>
  formatInterval(f(parseInterval(a)));

const OPERATIONS: Readonly<Record<string, (a: string, b: string) => string>> = {
  '+': onNumerics(addNumeric),
  '-': onNumerics(subtractNumeric),
  '*': onNumerics(multiplyNumeric),
  '/': onNumerics(divideNumeric),
  '%': onNumerics(moduloNumeric),
  div: onNumerics(divideTruncated),
  cmp: (a, b) => String(compareNumeric(parseNumeric(a), parseNumeric(b))),
  floor: onNumerics(floorNumeric),
  ceil: onNumerics(ceilNumeric),
  trim: onNumerics(trimNumeric),
  abs: onNumerics(absNumeric),
  neg: onNumerics(negateNumeric),
  jh: onInterval(justifyHours),
  jd: onInterval(justifyDays),
  ji: onInterval(justifyInterval),
  ineg: onInterval(negateInterval),
  imul: (a, b) => formatInterval(multiplyInterval(parseInterval(a), Number(b))),
  icmp: (a, b) => String(compareIntervals(parseInterval(a), parseInterval(b))),
  tadd: (a, b) => formatTimestamp(addToTimestamp(parseTimestamp(a, UTC), parseInterval(b))),
  jcmp: (a, b) => String(compareJson(a, b)),
};

function operation(name: string): (a: string, b: string) => string {
  const scaled = /^(round|trunc)(-?\d+)$/.exec(name);
  if (scaled === null) return OPERATIONS[name]!;
  const scale = Number(scaled[2]);
  const f = scaled[1] === 'round' ? roundNumeric : truncateNumeric;
  return (a) => formatNumeric(f(parseNumeric(a), scale));
}

describe.each(Object.entries(ANSWERS))('%s', (name, answers) => {
  it('gives what PostgreSQL gives', () => {
    const run = operation(name);
    const got = Object.keys(answers).map((operands) => {
      const [a, b] = operands.split(' ; ') as [string, string];
      try {
        return [operands, run(a, b ?? '0')];
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        return [operands, `ERR ${error.sqlstate} ${error.message}`];
      }
    });
    expect(Object.fromEntries(got)).toEqual(answers);
  });
});
