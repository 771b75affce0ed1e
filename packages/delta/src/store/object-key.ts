import { failure } from '@millrace/core';

/**
 * Refuses a key that could leave the store's root or that two stores would read differently: empty, absolute, with empty, `.` or
 * `..` segments, a backslash or a NUL. Throws 22023. A prefix for `list` may end in `/` or in part of a name, or be empty.
 */
export function validateKey(key: string, kind: 'key' | 'prefix' = 'key'): void {
  const segments = key.split('/');
  const last = segments.length - 1;
  const isBad =
    key.includes('\0') ||
    key.includes('\\') ||
    segments.some((segment, i) => {
      if (segment === '') return !(kind === 'prefix' && i === last);
      return segment === '.' || segment === '..';
    });
  if (isBad) throw failure('invalidParameterValue', { message: `invalid object ${kind} ${JSON.stringify(key)}` });
}

/** Everything before the last `/`, or '' for a key at the top. */
export function directoryOf(key: string): string {
  const slash = key.lastIndexOf('/');
  return slash < 0 ? '' : key.slice(0, slash);
}

/** The order of keys in listings: by UTF-8 bytes, which is code point order, which UTF-16 order is not beyond U+FFFF. */
export function compareKeys(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    const isSurrogateX = x >= 0xd800 && x <= 0xdfff;
    const isSurrogateY = y >= 0xd800 && y <= 0xdfff;
    if (isSurrogateX !== isSurrogateY) return isSurrogateX ? 1 : -1;
    return x - y;
  }
  return a.length - b.length;
}
