import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { KitReport } from '../vitest/kit-report.ts';
import { filesBelow, runSuites, suiteFiles } from './suites.ts';

const BEGIN = '<!-- scoreboard: npm run scoreboard -->';
const END = '<!-- /scoreboard -->';

/**
 * Runs every suite below a folder and prints what the runs have seen and what became of each wrong rule, as Markdown; with `into` also between the
 * markers of that file. Returns the exit code: 1 if a test failed, a mutant survived, or a mutant stands in no suite.
 */
export function scoreboard(folder: string, { into = null }: { readonly into?: string | null }): number {
  const files = suiteFiles(folder, null);
  const { reports, isGreen } = runSuites(folder, files, { environment: {}, args: ['--silent=true'] });
  const text = scoreboardText(reports);
  console.log(text);
  const forgotten = forgottenMutants(folder, files);
  for (const name of forgotten) console.error(`no suite has the mutant ${name}`);
  if (into !== null) writeBetweenMarkers(join(folder, into), text);
  const survivors = reports.flatMap(({ mutants }) => mutants.filter(({ runs }) => runs === null));
  return isGreen && survivors.length === 0 && forgotten.length === 0 && reports.length === files.length ? 0 : 1;
}

/** The two tables: what the runs of each suite have seen, and what became of each wrong rule. */
export function scoreboardText(reports: readonly KitReport[]): string {
  const key = ({ rule, suite }: KitReport): string => `${rule} ${suite}`;
  const sorted = [...reports].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  return [...coverageTable(sorted), '', ...mutantTable(sorted)].join('\n');
}

function coverageTable(reports: readonly KitReport[]): readonly string[] {
  const rows = reports.map(({ rule, suite, coverage, regressions }, i) => {
    const isAnother = reports[i - 1]?.rule === rule;
    const count = (name: string): number => coverage[name] ?? 0;
    const share = (name: string, of: string): string => `${Math.round((100 * count(name)) / Math.max(1, count(of)))} %`;
    return [
      isAnother ? `${rule}, in ${dirname(suite)}` : rule,
      String(count('runs')),
      share('fired', 'runs'),
      ...['nonEmpty', 'nulls', 'duplicates', 'predicatesInSelect', 'predicatesInWhere', 'failed'].map((name) =>
        share(name, 'fired'),
      ),
      String(count('ties')),
      `${count('pairs')}/${count('pairsTotal')}`,
      String(regressions),
    ];
  });
  const titles = [
    'rule',
    'runs',
    'fired',
    'rows',
    'NULLs',
    'duplicates',
    'in SELECT',
    'in WHERE',
    'errors',
    'ties',
    'pairs',
    'regressions',
  ];
  return table(titles, rows);
}

function mutantTable(reports: readonly KitReport[]): readonly string[] {
  const rows = reports.flatMap(({ mutants }) =>
    mutants.map(({ name, runs, problem }) => [
      name,
      runs === null ? 'SURVIVED' : String(runs),
      problem.replaceAll('|', '\\|'),
    ]),
  );
  const killed = rows.filter(([, runs]) => runs !== 'SURVIVED').length;
  return [
    ...table(['wrong rule', 'killed in run', 'by'], rows),
    '',
    `${killed} of ${rows.length} wrong rules are refuted.`,
  ];
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(titles), line(titles.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)];
}

/** Exports of `mutants/*.ts` below a folder that no suite names. */
export function forgottenMutants(folder: string, files: readonly string[]): readonly string[] {
  const suites = files.map((path) => readFileSync(join(folder, path), 'utf8'));
  return filesBelow(folder)
    .filter((path) => dirname(path).endsWith('mutants') && path.endsWith('.ts'))
    .flatMap((path) =>
      [...readFileSync(join(folder, path), 'utf8').matchAll(/^export const (\w+)/gm)].map(([, name = '']) => ({
        path,
        name,
      })),
    )
    .filter(({ name }) => !suites.some((text) => new RegExp(`mutants: \\[[^\\]]*\\b${name}\\b`).test(text)))
    .map(({ path, name }) => `${name} (${path})`);
}

function writeBetweenMarkers(path: string, text: string): void {
  const before = readFileSync(path, 'utf8');
  const [start, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (start < 0 || end < start) {
    console.error(`${path} has no ${BEGIN} ... ${END}`);
    return;
  }
  writeFileSync(path, `${before.slice(0, start + BEGIN.length)}\n\n${text}\n\n${before.slice(end)}`);
}
