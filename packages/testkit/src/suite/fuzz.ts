import type { SwitchableRule } from '@millrace/planner';
import type { CheckName } from './checks.ts';
import { type Find, type HuntOptions, huntRule } from './hunt.ts';

/** A rule to hunt, and how. */
export interface HuntedRule {
  readonly rule: SwitchableRule;
  readonly options: HuntOptions;
}

/** One round: some runs of one rule from one seed. */
export interface HuntRound {
  readonly rule: SwitchableRule;
  readonly seed: number;
  readonly runs: number;
  readonly fired: number;
  readonly finds: ReadonlyMap<CheckName, Find>;
}

/** How long `huntRules` goes on, and from where. */
export interface HuntBudget {
  /** Asked before each round. The caller has the clock. */
  isOver(): boolean;
  /** A fresh seed for each round, a 32-bit integer. */
  nextSeed(): number;
  readonly runsPerRound: number;
  /** Told of each round when it is done. */
  onRound?(round: HuntRound): void;
}

/**
 * Hunts rules in turn, each round from a fresh seed, until the time is over; a rule that something was found in is left alone from then on.
 * Each rule has one round at least. For rules of any origin: what `npm run fuzz` does with the standard ones.
 */
export async function huntRules(rules: readonly HuntedRule[], budget: HuntBudget): Promise<readonly HuntRound[]> {
  const rounds: HuntRound[] = [];
  let rest = [...rules];
  for (let lap = 0; rest.length > 0; lap++) {
    for (const { rule, options } of rest) {
      if (lap > 0 && budget.isOver()) return rounds;
      const { finds, coverage, seed } = await huntRule(rule, options, {
        runs: budget.runsPerRound,
        seed: budget.nextSeed(),
      });
      const round = { rule, seed, runs: coverage.runs, fired: coverage.fired, finds };
      rounds.push(round);
      budget.onRound?.(round);
    }
    const found = new Set(rounds.filter(({ finds }) => finds.size > 0).map(({ rule }) => rule));
    rest = rest.filter(({ rule }) => !found.has(rule));
  }
  return rounds;
}
