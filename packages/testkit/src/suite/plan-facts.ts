import { type Expr, someExpr } from '@millrace/core';
import { type ApplyMode, exprsOf, inputsOf, type JoinType, type LogicalPlan, type RowRange } from '@millrace/planner';
import type { ReferenceDatabase } from '../reference/interpreter.ts';

/** Every way to join; a new one is a compile error here. */
export const JOIN_TYPES: readonly JoinType[] = Object.freeze(
  Object.keys({
    inner: true,
    left: true,
    right: true,
    full: true,
    semi: true,
    anti: true,
  } satisfies Record<JoinType, true>) as JoinType[],
);

/** The factors of pairwise coverage and what each can be in a plan; one plan may show several values of a factor. */
export const FACTORS: Readonly<Record<string, readonly string[]>> = Object.freeze({
  join: ['none', ...JOIN_TYPES],
  nulls: ['none', 'some', 'whole column'],
  limit: ['none', 'fetch', 'offset', 'both'],
  distinct: ['none', 'rows', 'aggregate'],
  aggregate: ['none', 'scalar', 'grouped', 'filtered'],
});

/** What is in a plan and its data, as far as coverage is concerned. */
export interface PlanFacts {
  /** Node kinds with their variants: `join left`, `apply exists`. */
  readonly kinds: ReadonlySet<string>;
  /** `factor=value` for each value of each factor. */
  readonly values: readonly string[];
  readonly hasPredicateInSelect: boolean;
  readonly hasPredicateInWhere: boolean;
}

/** Looks through a plan once. */
export function factsOf(root: LogicalPlan, database: ReferenceDatabase): PlanFacts {
  const kinds = new Set<string>();
  const values = new Set<string>();
  let hasPredicateInSelect = false;
  let hasPredicateInWhere = false;
  const visit = (plan: LogicalPlan): void => {
    kinds.add(plan.kind);
    const variant = variantOf(plan);
    if (variant !== null) kinds.add(`${plan.kind} ${variant}`);
    for (const value of factorValues(plan, database)) values.add(value);
    if (plan.kind === 'project') hasPredicateInSelect ||= exprsOf(plan).some(hasPredicate);
    if (plan.kind === 'filter' || plan.kind === 'scan') hasPredicateInWhere ||= exprsOf(plan).some(hasPredicate);
    for (const input of inputsOf(plan)) visit(input);
  };
  visit(root);
  for (const factor of Object.keys(FACTORS)) {
    if (![...values].some((value) => value.startsWith(`${factor}=`))) values.add(`${factor}=none`);
  }
  return { kinds, values: [...values], hasPredicateInSelect, hasPredicateInWhere };
}

function variantOf(plan: LogicalPlan): JoinType | ApplyMode['kind'] | null {
  if (plan.kind === 'join') return plan.type;
  return plan.kind === 'apply' ? plan.mode.kind : null;
}

/** A comparison, a test for NULL, a membership: what says TRUE, FALSE or NULL of a row. */
function hasPredicate(expr: Expr): boolean {
  return someExpr(
    expr,
    ({ kind }) =>
      kind === 'compare' || kind === 'is-null' || kind === 'is-bool' || kind === 'in-list' || kind === 'quantified',
  );
}

function factorValues(plan: LogicalPlan, database: ReferenceDatabase): readonly string[] {
  switch (plan.kind) {
    case 'join':
      return [`join=${plan.type}`];
    case 'distinct':
      return ['distinct=rows'];
    case 'limit':
    case 'sort':
      return rangeValues(plan.range);
    case 'scan':
      return [...rangeValues(plan.range), `nulls=${nullsIn(database.get(plan.table.tableId) ?? [])}`];
    case 'aggregate':
      return [
        plan.groupBy.length === 0 ? 'aggregate=scalar' : 'aggregate=grouped',
        ...(plan.aggregations.some((one) => one.filter !== null) ? ['aggregate=filtered'] : []),
        ...(plan.aggregations.some((one) => one.isDistinct) ? ['distinct=aggregate'] : []),
      ];
    default:
      return [];
  }
}

function rangeValues(range: RowRange | null): readonly string[] {
  if (range === null) return [];
  if (range.skip === null) return range.fetch === null ? [] : ['limit=fetch'];
  return range.fetch === null ? ['limit=offset'] : ['limit=both'];
}

function nullsIn(rows: readonly Readonly<Record<string, unknown>>[]): 'none' | 'some' | 'whole column' {
  const [first] = rows;
  if (first === undefined) return 'none';
  if (Object.keys(first).some((field) => rows.every((row) => row[field] === null))) return 'whole column';
  return rows.some((row) => Object.values(row).includes(null)) ? 'some' : 'none';
}
