import { runSuites, suiteFiles, workerCount } from './suites.ts';

const MINUTES = 10;

/**
 * Hunts the rules of every suite below a folder from fresh seeds, all for the same time, and files what it finds as regression files. Prints a
 * line a rule. Returns the exit code: 1 if anything was found.
 *
 *     millrace-testkit fuzz --minutes 10 --rule prune-columns
 */
export function fuzz(
  folder: string,
  {
    minutes = MINUTES,
    rule = null,
    isQuiet = false,
  }: { readonly minutes?: number; readonly rule?: string | null; readonly isQuiet?: boolean },
): number {
  const files = suiteFiles(folder, rule);
  if (files.length === 0) {
    console.error(rule === null ? 'there is no suite of a rule here' : `there is no suite ${rule}.test.ts`);
    return 1;
  }
  const share = (minutes * workerCount(files)) / files.length;
  const { reports, isGreen } = runSuites(folder, files, {
    environment: { FUZZ_MINUTES: String(share) },
    args: ['--testNamePattern', 'hunts for'],
    isQuiet,
  });
  for (const { rule: name, fuzz: hunt } of reports) {
    if (hunt === null) continue;
    const seeds = hunt.seeds.length > 4 ? `${hunt.seeds.slice(0, 4).join(' ')} ...` : hunt.seeds.join(' ');
    const found = hunt.filed.length === 0 ? 'nothing found' : `FOUND ${hunt.filed.join(', ')}`;
    console.log(`${name}: ${hunt.runs} runs in ${hunt.rounds} rounds (seeds ${seeds}): ${found}`);
  }
  const filed = reports.flatMap((report) => report.fuzz?.filed ?? []);
  const runs = reports.reduce((sum, report) => sum + (report.fuzz?.runs ?? 0), 0);
  console.log(`${reports.length} rules, ${runs} runs, ${filed.length} regression files written`);
  return isGreen && filed.length === 0 && reports.length === files.length ? 0 : 1;
}
