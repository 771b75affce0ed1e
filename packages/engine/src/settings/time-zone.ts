import { findTimeZone, fixedTimeZone } from '@millrace/core';

const OFFSET_HOURS_MAX = 15;

/**
 * The name SHOW prints for what SET TIME ZONE was given: a name as it was asked for, in its usual capitals; hours east of Greenwich (`5.5`)
 * as the POSIX zone `<+05:30>-05:30`, which reads back the same. undefined if unknown.
 */
export function canonicalTimeZone(value: string): string | undefined {
  const text = value.trim();
  if (text.toLowerCase() === 'default') return 'UTC';
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) return findTimeZone(text)?.name;
  const hours = Number(text);
  return Math.abs(hours) > OFFSET_HOURS_MAX ? undefined : fixedTimeZone(Math.round(hours * 3600)).name;
}
