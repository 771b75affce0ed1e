import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Coverage } from '../suite/coverage.ts';
import { PAIRS_TOTAL } from '../suite/pairwise.ts';

/** A wrong version of a rule and what became of it; `runs` is null if it survived. */
export interface MutantFate {
  readonly name: string;
  readonly runs: number | null;
  readonly problem: string;
}

/** What a suite leaves for the scoreboard: numbers only, as JSON. */
export interface KitReport {
  readonly rule: string;
  /** The test file, as seen from where the tests were started: a rule may have several suites. */
  readonly suite: string;
  readonly coverage: Readonly<Record<string, number>>;
  readonly regressions: number;
  readonly mutants: readonly MutantFate[];
  readonly fuzz: {
    readonly rounds: number;
    readonly runs: number;
    readonly seeds: readonly number[];
    /** Files that were written. */
    readonly filed: readonly string[];
  } | null;
}

/** The numbers of a coverage. */
export function numbersOf(coverage: Coverage): Readonly<Record<string, number>> {
  const numbers = Object.entries(coverage).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
  return { ...Object.fromEntries(numbers), pairs: coverage.pairs.size, pairsTotal: PAIRS_TOTAL };
}

/** Writes the report of one suite. */
export function writeReport(folder: string, report: KitReport): void {
  mkdirSync(folder, { recursive: true });
  const name = `${report.suite.replaceAll(/[^\w.-]+/g, '_')}-${report.rule}.json`;
  writeFileSync(join(folder, name), `${JSON.stringify(report, null, 2)}\n`);
}
