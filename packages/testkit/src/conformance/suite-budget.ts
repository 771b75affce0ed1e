import fc from 'fast-check';

/** How long a conformance suite's properties hunt, and from where. */
export interface SuiteBudget {
  /** Generated cases per property. */
  readonly runs?: number;
  /** Where generation starts; left out: the same place each time. */
  readonly seed?: number;
}

/** Asserts a property within the budget. A failure prints seed, path and the shrunk case, as fast-check does. */
export async function assertProperty<T>(
  budget: SuiteBudget,
  defaultRuns: number,
  arbitrary: fc.Arbitrary<T>,
  check: (value: T) => Promise<void>,
): Promise<void> {
  await fc.assert(fc.asyncProperty(arbitrary, check), { numRuns: budget.runs ?? defaultRuns, seed: budget.seed ?? 1 });
}
