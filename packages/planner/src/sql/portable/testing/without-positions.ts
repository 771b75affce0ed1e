/** A tree without its positions, which the two front ends count from different tokens of a construct. */
export function withoutPositions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPositions);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(value)) if (name !== 'at') copy[name] = withoutPositions(field);
  return copy;
}
