import {
  type Column,
  type Expr,
  isVolatile,
  mapOperands,
  mayFail,
  operandsOf,
  sameExpr,
  someExpr,
  traitsOf,
} from '@millrace/core';
import { columnExpr, printExpr } from '@millrace/planner';

/** An expression of a node; `isGuarded`: something else decides for which rows it is evaluated. */
export interface Site {
  readonly expr: Expr;
  readonly isGuarded: boolean;
}

interface Entry {
  readonly expr: Expr;
  count: number;
  /** Stands somewhere where every row evaluates it. */
  isUnguarded: boolean;
  uses: number;
}

/** Parts of a list that are looked at; what is larger was not written by a person. */
const PARTS_MAX = 2_000;

/**
 * Subexpressions that are worth computing once: they stand at several places, at one of which every row evaluates them, so that nothing is
 * evaluated that was not before. Larger ones first; a part of one counts only where it stands for itself as well.
 */
export function commonSubexpressions(sites: readonly Site[]): readonly Expr[] {
  const entries = new Entries();
  for (const { expr, isGuarded } of sites) if (!collect(expr, isGuarded, entries)) return [];
  for (const { expr } of sites) countUses(expr, entries);
  return entries.all.filter(({ uses }) => uses > 1).map(({ expr }) => expr);
}

/** The expression with each of these subexpressions read from its column. */
export function withColumns(expr: Expr, computed: readonly { readonly column: Column; readonly expr: Expr }[]): Expr {
  const known = computed.find((each) => sameExpr(each.expr, expr));
  return known === undefined
    ? mapOperands(expr, (operand) => withColumns(operand, computed))
    : columnExpr(known.column);
}

/** By their texts, then compared, so that many stay cheap. */
class Entries {
  readonly all: Entry[] = [];
  parts = 0;
  readonly #byText: Map<string, Entry[]> = new Map();

  find(expr: Expr): Entry | undefined {
    return this.#byText.get(printExpr(expr))?.find((entry) => sameExpr(entry.expr, expr));
  }

  add(expr: Expr, isGuarded: boolean): void {
    let entry = this.find(expr);
    if (entry === undefined) {
      entry = { expr, count: 0, isUnguarded: false, uses: 0 };
      this.all.push(entry);
      const text = printExpr(expr);
      this.#byText.set(text, [...(this.#byText.get(text) ?? []), entry]);
    }
    entry.count++;
    if (!isGuarded) entry.isUnguarded = true;
  }
}

/** False if there are too many parts. */
function collect(expr: Expr, isGuarded: boolean, entries: Entries): boolean {
  if (++entries.parts > PARTS_MAX) return false;
  if (isCandidate(expr)) entries.add(expr, isGuarded);
  return operandsOf(expr).every((operand, i) => collect(operand, isGuarded || (i > 0 && isLazy(expr)), entries));
}

/** Evaluates its first operand always, and the others if it must. */
function isLazy({ kind }: Expr): boolean {
  return kind === 'and' || kind === 'or' || kind === 'case' || kind === 'coalesce';
}

/** What takes work: a call, and what holds one or may fail. Not comparisons as such, which cost as little as reading a column. */
function isCandidate(expr: Expr): boolean {
  if (!traitsOf(expr).readsColumns || isVolatile(expr)) return false;
  if (expr.kind === 'call') return true;
  return expr.kind !== 'column' && (mayFail(expr) || someExpr(expr, (part) => part.kind === 'call'));
}

function countUses(expr: Expr, entries: Entries): void {
  const entry = isCandidate(expr) ? entries.find(expr) : undefined;
  if (entry !== undefined && entry.count > 1 && entry.isUnguarded) entry.uses++;
  else for (const operand of operandsOf(expr)) countUses(operand, entries);
}
