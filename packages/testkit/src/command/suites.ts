import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import type { KitReport } from '../vitest/kit-report.ts';

const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git', '.docs']);

/** Every file below a folder, by path from there. */
export function filesBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const visit = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      if (SKIPPED.has(entry.name)) continue;
      const inner = join(path, entry.name);
      if (entry.isDirectory()) visit(inner);
      else if (entry.isFile()) found.push(relative(folder, inner));
    }
  };
  visit(folder);
  return found.sort();
}

/** The test files that are suites of rules; with a name only the one named like the rule. */
export function suiteFiles(folder: string, rule: string | null): readonly string[] {
  return filesBelow(folder).filter(
    (path) =>
      /\.test\.[mc]?[jt]s$/.test(path) &&
      (rule === null || basename(path).replace(/\.test\.[mc]?[jt]s$/, '') === rule) &&
      /^ruleSuite\(/m.test(readFileSync(join(folder, path), 'utf8')),
  );
}

/** How a run of suites ended: what each left behind, and whether all tests passed. */
export interface SuiteRun {
  readonly reports: readonly KitReport[];
  readonly isGreen: boolean;
}

/** How many suites run at a time. */
export function workerCount(files: readonly string[]): number {
  return Math.max(1, Math.min(availableParallelism(), files.length));
}

/** Runs suites in vitest and collects their reports. What vitest prints goes to this terminal, unless it is to be quiet. */
export function runSuites(
  folder: string,
  files: readonly string[],
  {
    environment,
    args = [],
    isQuiet = false,
  }: {
    readonly environment: Readonly<Record<string, string>>;
    readonly args?: readonly string[];
    readonly isQuiet?: boolean;
  },
): SuiteRun {
  const reportFolder = mkdtempSync(join(tmpdir(), 'millrace-kit-'));
  try {
    const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');
    const { status } = spawnSync(
      process.execPath,
      [vitest, 'run', `--maxWorkers=${workerCount(files)}`, ...args, ...files],
      {
        cwd: folder,
        stdio: isQuiet ? 'ignore' : 'inherit',
        env: { ...process.env, ...environment, MILLRACE_KIT_REPORT: reportFolder },
      },
    );
    const reports = readdirSync(reportFolder).map(
      (name) => JSON.parse(readFileSync(join(reportFolder, name), 'utf8')) as KitReport,
    );
    return { reports, isGreen: status === 0 };
  } finally {
    rmSync(reportFolder, { recursive: true, force: true });
  }
}
