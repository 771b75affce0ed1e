/** `a."B c"` to its parts: unquoted ones fold to lower case. */
export function splitQualifiedName(text: string): readonly string[] {
  const parts: string[] = [];
  for (const match of text.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)) {
    parts.push(match[1] === undefined ? (match[2] ?? '').trim().toLowerCase() : match[1].replaceAll('""', '"'));
  }
  return parts;
}
