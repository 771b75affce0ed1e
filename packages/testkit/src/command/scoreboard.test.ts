import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { KitReport } from '../vitest/kit-report.ts';
import { forgottenMutants, scoreboardText } from './scoreboard.ts';
import { suiteFiles } from './suites.ts';

const report = (rule: string, mutants: KitReport['mutants'], suite = `src/${rule}.test.ts`): KitReport => ({
  rule,
  suite,
  coverage: {
    runs: 1000,
    fired: 500,
    nonEmpty: 250,
    nulls: 125,
    duplicates: 5,
    failed: 0,
    ties: 20,
    pairs: 160,
    pairsTotal: 171,
  },
  regressions: 2,
  mutants,
  fuzz: null,
});

it('is two tables, and shows who survived', () => {
  const text = scoreboardText([
    report('prune-columns', [{ name: 'prune-columns (wrong)', runs: null, problem: 'survived' }]),
    report('prune-columns', [], 'tests/rules/prune-columns.test.ts'),
    report('merge-limits', [{ name: 'merge-limits (a | b)', runs: 7, problem: 'rows: a | b' }]),
  ]);
  const lines = text.split('\n');
  expect(lines[0]).toMatch(/^\| rule \| runs \| fired \| rows \| NULLs \| duplicates \|/);
  expect(lines[2]).toBe('| merge-limits | 1000 | 50 % | 50 % | 25 % | 1 % | 0 % | 0 % | 0 % | 20 | 160/171 | 2 |');
  expect(lines[3]).toMatch(/^\| prune-columns \|/);
  expect(lines[4]).toMatch(/^\| prune-columns, in tests\/rules \|/);
  expect(lines.slice(-4)).toEqual([
    '| merge-limits (a | b) | 7 | rows: a \\| b |',
    '| prune-columns (wrong) | SURVIVED | survived |',
    '',
    '1 of 2 wrong rules are refuted.',
  ]);
});

it('finds the suites below a folder, and wrong rules that stand in none', () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-suites-'));
  try {
    mkdirSync(join(folder, 'src', 'mutants'), { recursive: true });
    mkdirSync(join(folder, 'node_modules'));
    const suite = 'ruleSuite(mergeLimits, {\n  mutants: [onlyFirst],\n});\n';
    writeFileSync(join(folder, 'src', 'merge-limits.test.ts'), suite);
    writeFileSync(join(folder, 'src', 'other.test.ts'), "it('says ruleSuite(x)', () => {});\n");
    writeFileSync(join(folder, 'node_modules', 'merge-limits.test.ts'), suite);
    writeFileSync(
      join(folder, 'src', 'mutants', 'merge-limits.ts'),
      'export const onlyFirst = 1;\nexport const lost = 2;\n',
    );
    expect(suiteFiles(folder, null)).toEqual([join('src', 'merge-limits.test.ts')]);
    expect(suiteFiles(folder, 'merge-limits')).toHaveLength(1);
    expect(suiteFiles(folder, 'other')).toEqual([]);
    expect(forgottenMutants(folder, suiteFiles(folder, null))).toEqual([
      `lost (${join('src', 'mutants', 'merge-limits.ts')})`,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
