const DISTANCE_MAX = 3;

/**
 * The labels of at most two names that are nearest to a misspelt one: at most 3 edits and at most half of its length away, as
 * PostgreSQL's hints have it. More than two equally near: none.
 */
export function nearestNames(
  name: string,
  candidates: readonly { readonly name: string; readonly label: string }[],
): readonly string[] {
  let best = Math.min(DISTANCE_MAX, Math.floor(name.length / 2));
  let labels: string[] = [];
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate.name, best);
    if (distance > best) continue;
    if (distance < best) labels = [];
    best = distance;
    labels.push(candidate.label);
  }
  return labels.length > 2 ? [] : labels;
}

/** Levenshtein's distance; anything above `limit` may come back as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
