import type { PlanCase } from '../gen/plan-case.ts';
import { rowKey } from './compare-rows.ts';
import { PAIRS_TOTAL, pairsOf } from './pairwise.ts';
import { factsOf } from './plan-facts.ts';
import { hasTieAtLimit } from './ties.ts';
import type { TrialResult } from './trial.ts';

/** What the runs of a suite have seen. */
export interface Coverage {
  runs: number;
  /** Of all runs: limits that cut between equal rows; no more are looked for once there are `TIES_ENOUGH`. */
  ties: number;
  fired: number;
  /** Of the runs in which the rule fired: the reference failed and the plan after the rule did not. */
  errorsRemoved: number;
  /** ... both failed, each at another expression. */
  otherErrors: number;
  failed: number;
  nonEmpty: number;
  nulls: number;
  duplicates: number;
  parameters: number;
  predicatesInSelect: number;
  predicatesInWhere: number;
  readonly kinds: Map<string, number>;
  /** Of all runs: node kinds, so that what the rule leaves alone counts as well. */
  readonly offered: Map<string, number>;
  /** Pairs of factor values in all runs; see `FACTORS`. */
  readonly pairs: Set<string>;
  readonly notes: Map<string, number>;
}

const TIES_ENOUGH = 20;

/** Nothing seen yet. */
export function newCoverage(): Coverage {
  return {
    runs: 0,
    fired: 0,
    errorsRemoved: 0,
    otherErrors: 0,
    failed: 0,
    nonEmpty: 0,
    nulls: 0,
    duplicates: 0,
    parameters: 0,
    predicatesInSelect: 0,
    predicatesInWhere: 0,
    ties: 0,
    kinds: new Map(),
    offered: new Map(),
    pairs: new Set(),
    notes: new Map(),
  };
}

/** Counts one run. */
export function cover(coverage: Coverage, subject: PlanCase, result: TrialResult): void {
  coverage.runs++;
  for (const note of new Set(result.notes)) increment(coverage.notes, note);
  const facts = factsOf(subject.plan, subject.database);
  for (const kind of facts.kinds) increment(coverage.offered, kind);
  if (coverage.pairs.size < PAIRS_TOTAL) for (const pair of pairsOf(facts.values)) coverage.pairs.add(pair);
  const hasLimit = facts.kinds.has('limit') && coverage.ties < TIES_ENOUGH;
  if (hasLimit && hasTieAtLimit(subject.plan, subject)) coverage.ties++;
  if (!result.hasFired) return;
  coverage.fired++;
  for (const kind of facts.kinds) increment(coverage.kinds, kind);
  if (subject.parameters.length > 0) coverage.parameters++;
  if (facts.hasPredicateInSelect) coverage.predicatesInSelect++;
  if (facts.hasPredicateInWhere) coverage.predicatesInWhere++;
  if (result.compared === null) return;
  const { expected, verdict } = result.compared;
  if (verdict === 'error-removed') coverage.errorsRemoved++;
  if (verdict === 'other-error') coverage.otherErrors++;
  if (expected.kind === 'error') {
    coverage.failed++;
    return;
  }
  const rows = [...expected.rows, ...expected.inserted];
  if (rows.length > 0) coverage.nonEmpty++;
  if (rows.some((row) => row.includes(null))) coverage.nulls++;
  if (new Set(rows.map(rowKey)).size < rows.length) coverage.duplicates++;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const LISTED_MAX = 8;

/** A share as text. */
export function percent(count: number, of: number): string {
  return of === 0 ? '0 %' : `${((100 * count) / of).toFixed(1)} %`;
}

/** The report that every run prints. */
export function reportOf(name: string, coverage: Coverage): string {
  const { runs, fired, errorsRemoved, otherErrors, failed, nonEmpty, nulls, duplicates, parameters } = coverage;
  const listed = (counts: ReadonlyMap<string, number>): string =>
    [...counts]
      .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
      .slice(0, LISTED_MAX)
      .map(([key, count]) => `${key} ${count}`)
      .join(', ') + (counts.size > LISTED_MAX ? ', ...' : '');
  const joins = [...coverage.offered]
    .filter(([kind]) => kind.startsWith('join '))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${kind.slice('join '.length)} ${coverage.kinds.get(kind) ?? 0}/${count}`);
  return [
    `${name}: fired in ${fired} of ${runs} runs (${percent(fired, runs)})`,
    `  of these: rows ${percent(nonEmpty, fired)}, NULLs ${percent(nulls, fired)}, duplicates ${percent(duplicates, fired)}, parameters ${percent(parameters, fired)}, ` +
      `predicates in SELECT ${percent(coverage.predicatesInSelect, fired)}, in WHERE ${percent(coverage.predicatesInWhere, fired)}, ` +
      `ties at a limit ${coverage.ties}${coverage.ties === TIES_ENOUGH ? ' or more' : ''}`,
    `  errors ${percent(failed, fired)}: removed ${errorsRemoved}, another one ${otherErrors}; pairs ${coverage.pairs.size}/${PAIRS_TOTAL}`,
    ...(joins.length === 0 ? [] : [`  joins (fired/all): ${joins.join(', ')}`]),
    `  nodes: ${listed(coverage.kinds)}`,
    ...(coverage.notes.size === 0 ? [] : [`  declined: ${listed(coverage.notes)}`]),
  ].join('\n');
}
