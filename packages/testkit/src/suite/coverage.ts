import { columnsOf, exprsOf, inputsOf, type LogicalPlan } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { rowKey } from './compare-rows.ts';
import type { Verdict } from './judge.ts';
import type { Outcome } from './outcome.ts';

/** What the runs of a suite have seen. */
export interface Coverage {
  runs: number;
  fired: number;
  /** Runs whose reference failed and whose rule may remove errors. */
  discarded: number;
  failed: number;
  /** Of the runs in which the rule fired: */
  nonEmpty: number;
  nulls: number;
  duplicates: number;
  parameters: number;
  readonly kinds: Map<string, number>;
  readonly notes: Map<string, number>;
}

/** Nothing seen yet. */
export function newCoverage(): Coverage {
  return {
    runs: 0,
    fired: 0,
    discarded: 0,
    failed: 0,
    nonEmpty: 0,
    nulls: 0,
    duplicates: 0,
    parameters: 0,
    kinds: new Map(),
    notes: new Map(),
  };
}

/** Counts one run. */
export function cover(
  coverage: Coverage,
  run: {
    readonly subject: PlanCase;
    readonly hasFired: boolean;
    readonly verdict: Verdict;
    readonly expected: Outcome;
    readonly notes: readonly string[];
  },
): void {
  coverage.runs++;
  for (const note of new Set(run.notes)) increment(coverage.notes, note);
  if (!run.hasFired) return;
  coverage.fired++;
  if (run.verdict === 'discarded') coverage.discarded++;
  if (run.expected.kind === 'error') coverage.failed++;
  if (run.subject.parameters.length > 0) coverage.parameters++;
  for (const kind of kindsOf(run.subject.plan)) increment(coverage.kinds, kind);
  if (run.expected.kind === 'error') return;
  const rows = [...run.expected.rows, ...run.expected.inserted];
  if (rows.length > 0) coverage.nonEmpty++;
  if (rows.some((row) => row.includes(null))) coverage.nulls++;
  if (new Set(rows.map(rowKey)).size < rows.length) coverage.duplicates++;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** Node kinds with their variants: `join left`, `apply exists`, `predicate in project`. */
function kindsOf(plan: LogicalPlan, found: Set<string> = new Set()): ReadonlySet<string> {
  found.add(plan.kind);
  if (plan.kind === 'join') found.add(`join ${plan.type}`);
  if (plan.kind === 'apply') found.add(`apply ${plan.mode.kind}`);
  if (
    plan.kind === 'project' &&
    exprsOf(plan).length > 0 &&
    columnsOf(plan).some((column) => column.type.kind === 'bool')
  )
    found.add('predicate in project');
  for (const input of inputsOf(plan)) kindsOf(input, found);
  return found;
}

const LISTED_MAX = 8;

/** The report that every run prints. */
export function reportOf(name: string, coverage: Coverage): string {
  const { runs, fired, discarded, failed, nonEmpty, nulls, duplicates, parameters } = coverage;
  const share = (count: number, of: number): string => (of === 0 ? '0 %' : `${((100 * count) / of).toFixed(1)} %`);
  const listed = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, LISTED_MAX)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ') + (counts.size > LISTED_MAX ? ', ...' : '');
  return [
    `${name}: fired in ${fired} of ${runs} runs (${share(fired, runs)})`,
    `  of these: rows ${share(nonEmpty, fired)}, NULLs ${share(nulls, fired)}, duplicates ${share(duplicates, fired)}, errors ${share(failed, fired)}` +
      ` (not compared ${share(discarded, fired)}), parameters ${share(parameters, fired)}`,
    `  nodes: ${listed(coverage.kinds)}`,
    ...(coverage.notes.size === 0 ? [] : [`  declined: ${listed(coverage.notes)}`]),
  ].join('\n');
}
