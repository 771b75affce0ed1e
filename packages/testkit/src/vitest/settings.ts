import type { SwitchableRule } from '@millrace/planner';
import { expect } from 'vitest';
import type { Budget } from '../suite/hunt.ts';

/** How the environment scales a suite. */
export interface SuiteSettings {
  /** FUZZ_MINUTES: hunt for so long with fresh seeds, file what is found, and do nothing else. */
  readonly fuzzMinutes: number | null;
  /** UPDATE=1: write the plans of examples into the rule's source. */
  readonly isUpdating: boolean;
  /** MILLRACE_KIT_REPORT: a folder where each suite leaves its numbers. */
  readonly reportFolder: string | null;
}

/** The settings of this run. */
export function suiteSettings(): SuiteSettings {
  const minutes = process.env['FUZZ_MINUTES'];
  const isUpdating = process.env['UPDATE'] === '1';
  if (minutes !== undefined) expect(Number(minutes), 'FUZZ_MINUTES is a number of minutes').toBeGreaterThan(0);
  return {
    fuzzMinutes: minutes === undefined ? null : Number(minutes),
    isUpdating,
    reportFolder: process.env['MILLRACE_KIT_REPORT'] ?? null,
  };
}

/**
 * How many runs, and from which seed: one that follows from the rule's name, so that a run can be repeated; FUZZ_SEED sets another (`random`: a
 * fresh one), FUZZ_RUNS multiplies the number of runs.
 */
export function budgetOf(rule: SwitchableRule, runs: number): Budget {
  const factor = Number(process.env['FUZZ_RUNS'] ?? '1');
  const seed = process.env['FUZZ_SEED'];
  expect(factor, 'FUZZ_RUNS multiplies the runs').toBeGreaterThan(0);
  if (seed !== undefined && seed !== 'random') expect(seed, 'FUZZ_SEED is an integer or random').toMatch(/^-?\d+$/);
  const own = [...rule.name].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), 0x811c9dc5);
  return {
    runs: Math.max(1, Math.round(runs * factor)),
    seed: seed === undefined ? own : seed === 'random' ? undefined : Number(seed),
  };
}
