const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';
/** What Hive (and Spark after it) escapes in a directory name; blanks and letters of other scripts stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is to be found
const ESCAPED = /[\u0001-\u001f\u007f"#%'*/:=?\\{[\]^]/g;
/** File systems take 255 bytes a name. */
const SEGMENT_BYTES_MAX = 240;
const ENCODER = new TextEncoder();

/**
 * The directory of a partition: `region=US%2FEast/day=2024-01-01/`. It only helps people and listings: the values are in the log. A
 * value too long for a directory name therefore gives no directory ('').
 */
export function partitionDirectory(
  columns: readonly string[],
  values: Readonly<Record<string, string | null>>,
): string {
  const segments = columns.map((column) => {
    const value = values[column] ?? '';
    return `${hiveEscape(column)}=${value === '' ? DEFAULT_PARTITION : hiveEscape(value)}`;
  });
  if (segments.some((segment) => ENCODER.encode(segment).length > SEGMENT_BYTES_MAX)) return '';
  return segments.map((segment) => `${segment}/`).join('');
}

function hiveEscape(text: string): string {
  return text.replace(ESCAPED, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}

/** A path below the table as `add.path` has it: URI-encoded (once more, after Hive's escapes). */
export function encodePath(path: string): string {
  return encodeURI(path);
}

/** The path below the table that an `add.path` means; null if it is absolute or malformed. */
export function decodePath(path: string): string | null {
  if (path.startsWith('/') || /^[A-Za-z][A-Za-z0-9+.-]*:/.test(path)) return null;
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}
