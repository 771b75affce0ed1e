/** The 1-based position of an error, from a syntax tree's 0-based offset; undefined where unknown. */
export function positionOf(at: number | null | undefined): number | undefined {
  return at === null || at === undefined ? undefined : at + 1;
}
