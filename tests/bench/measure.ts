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

/** Median rates of candidates run in turn, A B A B ..., so that a drifting machine hurts all alike. One warm-up round each. */
export async function measure(candidates: readonly Candidate[], rounds: number): Promise<readonly Measurement[]> {
  const rates = candidates.map(() => [] as number[]);
  for (let round = -1; round < rounds; round++) {
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
