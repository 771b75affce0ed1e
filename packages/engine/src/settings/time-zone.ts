/** The name of a time zone as Intl knows it, in its usual spelling; `UTC+3`-like and fixed offsets as PostgreSQL reads them; undefined if unknown. */
export function canonicalTimeZone(value: string): string | undefined {
  const text = value.trim();
  if (/^(utc|gmt|z|zulu|etc\/utc|default)$/i.test(text)) return 'UTC';
  // SET TIME ZONE 5.5 means hours east of Greenwich.
  const hours = /^[+-]?\d{1,2}(\.\d+)?$/.exec(text);
  if (hours) return fixedOffset(Math.round(Number(text) * 60));
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

function fixedOffset(minutes: number): string | undefined {
  if (Math.abs(minutes) > 15 * 60) return undefined;
  if (minutes === 0) return 'UTC';
  const sign = minutes < 0 ? '-' : '+';
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${sign}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
