import { relative } from 'node:path';
import type { SwitchableRule } from '@millrace/planner';
import { expect, it } from 'vitest';
import { newCoverage } from '../suite/coverage.ts';
import { huntRules } from '../suite/fuzz.ts';
import type { HuntOptions } from '../suite/hunt.ts';
import { numbersOf, writeReport } from './kit-report.ts';
import { fileRegression } from './regression-files.ts';

const RUNS_PER_ROUND = 500;
const MS_PER_MINUTE = 60_000;
/** Shrinking what the last round found takes time of its own. */
const GRACE_MS = 600_000;

/** What a rule's suite is while FUZZ_MINUTES is set: one test that hunts from fresh seeds and files what it finds. */
export function fuzzSuite(
  rule: SwitchableRule,
  options: HuntOptions,
  {
    minutes,
    folder,
    reportFolder,
    testPath,
  }: {
    readonly minutes: number;
    readonly folder: string;
    readonly reportFolder: string | null;
    readonly testPath: string;
  },
): void {
  const timeout = minutes * MS_PER_MINUTE + GRACE_MS;
  it(`${rule.name}: hunts for ${minutes.toFixed(2)} minutes`, { timeout }, async () => {
    const end = Date.now() + minutes * MS_PER_MINUTE;
    const rounds = await huntRules([{ rule, options }], {
      isOver: () => Date.now() >= end,
      nextSeed: () => Math.trunc(Math.random() * 0x7fff_ffff),
      runsPerRound: RUNS_PER_ROUND,
    });
    const finds = rounds.flatMap((round) => [...round.finds.values()]);
    const filed = finds.map((find) => fileRegression(rule, find, folder));
    const runs = rounds.reduce((sum, round) => sum + round.runs, 0);
    const seeds = rounds.map(({ seed }) => seed);
    if (reportFolder !== null) {
      const fuzz = { rounds: rounds.length, runs, seeds, filed };
      writeReport(reportFolder, {
        rule: rule.name,
        suite: relative(process.cwd(), testPath),
        coverage: numbersOf(newCoverage()),
        regressions: filed.length,
        mutants: [],
        fuzz,
      });
    }
    console.info(`${rule.name}: ${runs} runs in ${rounds.length} rounds, seeds ${seeds.join(' ')}`);
    if (finds.length > 0) expect.fail(finds.map(({ report }, i) => `${report}\nfiled as ${filed[i]}`).join('\n\n'));
  });
}
