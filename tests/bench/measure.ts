/** One thing to time: `run` does `units` units of work. */
export interface Candidate {
  readonly name: string;
  readonly units: number;
  run(): Promise<void>;
}
export interface Measurement {
  readonly name: string;
  readonly unitsPerSecond: number;
}

/** After so many seconds, warm-up included, candidates get no further round. */
const SECONDS_MAX = 8;

/**
 * Median rates of candidates run in turn, A B A B ..., so that a drifting machine hurts all alike. One warm-up round each, then as many rounds as asked
 * for or as start within SECONDS_MAX, at least one.
 */
export async function measure(candidates: readonly Candidate[], rounds: number): Promise<readonly Measurement[]> {
  const rates = candidates.map(() => [] as number[]);
  const begin = performance.now();
  const isTimeLeft = (): boolean => performance.now() - begin < SECONDS_MAX * 1_000;
  for (let round = -1; round < rounds && (round < 1 || isTimeLeft()); round++) {
    for (const [index, candidate] of candidates.entries()) {
      const start = performance.now();
      await candidate.run();
      const seconds = (performance.now() - start) / 1_000;
      if (round >= 0) rates[index]?.push(candidate.units / seconds);
    }
  }
  return candidates.map((candidate, index) => ({ name: candidate.name, unitsPerSecond: median(rates[index] ?? []) }));
}

/** NaN where there is nothing. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
