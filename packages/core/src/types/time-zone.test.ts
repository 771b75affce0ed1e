import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatTimestamptz } from './datetime-format.ts';
import { parseTimestamptz } from './datetime-parse.ts';
import { findTimeZone, fixedTimeZone, timeZoneOf } from './time-zone.ts';

/** PostgreSQL 15's output of `'local'::timestamptz` and of `'local+00'::timestamptz` by session zone: gaps, overlaps, odd offsets, far years. */
const ANSWERS = JSON.parse(readFileSync(new URL('./postgres-zones.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, readonly [string, string]>
>;

describe.each(Object.entries(ANSWERS))('%s', (name, answers) => {
  it('reads and prints local times as PostgreSQL does', () => {
    const zone = timeZoneOf(name);
    const show = (text: string): string =>
      formatTimestamptz(parseTimestamptz(text, { zone, nowMicros: undefined }), zone);
    const got = Object.keys(answers).map((local) => [local, [show(local), show(`${local}+00`)]]);
    expect(Object.fromEntries(got)).toEqual(answers);
  });
});

describe('zone names', () => {
  it('are found in any case and spelled properly', () => {
    expect(timeZoneOf('utc').name).toBe('UTC');
    expect(timeZoneOf('europe/berlin').name).toBe('Europe/Berlin');
    expect(timeZoneOf('US/Pacific').name).toBe('US/Pacific');
    expect(fixedTimeZone(7200).name).toBe('<+02>-02');
    expect(timeZoneOf('<+02>-02').offsetAt(0n)).toBe(7200);
  });

  it('are refused when unknown', () => {
    for (const name of ['Mars/Olympus', '', 'nope!', '../etc', '+99']) expect(findTimeZone(name)).toBeUndefined();
    expect(() => timeZoneOf('Mars/Olympus')).toThrow(
      expect.objectContaining({ sqlstate: '22023', message: 'time zone "Mars/Olympus" not recognized' }),
    );
  });
});
