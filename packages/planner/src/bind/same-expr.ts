/**
 * Whether two expressions (or parts of plans) are the same tree: same shape, same values. Plain data only. Two parameters with the same number
 * are the same; two calls of a volatile function too, so callers that must not share those check `isVolatile`.
 */
export function sameExpr(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => sameExpr(item, b[i]));
  }
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameExpr((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

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
