import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { SwitchableRule } from '@millrace/planner';
import { FIXTURE_TABLES } from '../gen/tables.ts';
import type { Find } from '../suite/hunt.ts';
import { type Regression, readRegression, regressionFile } from '../suite/regression.ts';

/** Where the regression files of a rule are: `regressions/<rule>` beside the test, unless told. */
export function regressionFolder(rule: SwitchableRule, testPath: string, folder: string | undefined): string {
  return join(folder ?? join(dirname(testPath), 'regressions'), rule.name);
}

/** The JSON files of a folder, in order; none if there is no such folder. */
export function regressionNames(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
}

/** One file, checked. */
export function loadRegression(folder: string, name: string): Regression {
  const tables = FIXTURE_TABLES.map((table) => table.tableId);
  return readRegression(readFileSync(join(folder, name), 'utf8'), tables);
}

/** Writes a find's file; returns its path, as seen from where the tests were started. */
export function fileRegression(rule: SwitchableRule, find: Find, folder: string): string {
  const { name, text } = regressionFile(rule, find);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, text);
  return relative(process.cwd(), path);
}

/** A find as a failing test prints it: the report, and the file that keeps it from coming back. */
export function findMessage(rule: SwitchableRule, find: Find, folder: string): string {
  const { name, text } = regressionFile(rule, find);
  const path = relative(process.cwd(), join(folder, name));
  return `${find.report}\nTo keep it, save this as ${path} (npm run fuzz does it by itself):\n${JSON.stringify(JSON.parse(text))}`;
}
