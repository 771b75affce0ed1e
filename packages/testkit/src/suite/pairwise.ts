import { FACTORS } from './plan-facts.ts';

/** All values of all factors, as `factor=value`. */
const VALUES: readonly string[] = Object.entries(FACTORS).flatMap(([factor, values]) =>
  values.map((value) => `${factor}=${value}`),
);

/** How many pairs of values of two different factors there are. */
export const PAIRS_TOTAL: number = pairsOf(VALUES).length;

/** The pairs among values of different factors. */
export function pairsOf(values: readonly string[]): readonly string[] {
  const sorted = [...values].sort();
  return sorted.flatMap((a, i) =>
    sorted.slice(i + 1).flatMap((b) => (factorOf(a) === factorOf(b) ? [] : [`${a} x ${b}`])),
  );
}

/** The pairs that have not been seen. */
export function missingPairs(seen: ReadonlySet<string>): readonly string[] {
  return pairsOf(VALUES).filter((pair) => !seen.has(pair));
}

function factorOf(value: string): string {
  return value.slice(0, value.indexOf('='));
}
