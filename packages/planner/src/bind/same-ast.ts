/** Whether two syntax trees say the same; where they stand in the text does not matter. */
export function sameAst(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameAst(item, b[i]));
  }
  const keys = Object.keys(a).filter((key) => key !== 'at');
  return (
    keys.length === Object.keys(b).filter((key) => key !== 'at').length &&
    keys.every((key) => sameAst((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
