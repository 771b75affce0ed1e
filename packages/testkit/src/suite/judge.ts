import { columnsOf, type EquivalenceContract, type LogicalPlan } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import type { CheckName } from './checks.ts';
import { isOrdered, isSameBag, isSubset, rootOrder } from './compare-rows.ts';
import { choosesAmongEquals, withoutSpelling } from './equal-values.ts';
import { type Outcome, possibleErrors, referenceOutcome } from './outcome.ts';

/** What stays equal where a rule says nothing. */
const DEFAULT_CONTRACT: EquivalenceContract = Object.freeze({
  rows: 'bag',
  errors: 'may-remove',
  floats: 'exact',
  nullability: 'may-tighten',
});

/** A rule's contract with the defaults filled in. */
export function contractOf(contract: Partial<EquivalenceContract> | undefined): EquivalenceContract {
  return { ...DEFAULT_CONTRACT, ...contract };
}

/** One plan before and after a rule, and what running both came to. */
export interface Trial {
  readonly subject: PlanCase;
  /** The plan after a logical rule; the original for a physical one. */
  readonly after: LogicalPlan;
  readonly contract: EquivalenceContract;
  readonly expected: Outcome;
  readonly actual: Outcome;
}

/**
 * same: nothing is wrong. error-removed: the reference fails and the rule, which may remove errors, does not, so there are no rows to compare.
 * other-error: both fail, each in its own way, and both ways are the plan's.
 */
export type Verdict =
  | 'same'
  | 'error-removed'
  | 'other-error'
  | { readonly check: CheckName; readonly problem: string };

/** Compares two outcomes under the contract. */
export function judge(trial: Trial): Verdict {
  const { expected, actual } = trial;
  if (expected.kind === 'error') return judgeError(trial, expected.sqlstate);
  if (actual.kind === 'error')
    return { check: 'errors', problem: `after the rule the plan fails with ${actual.sqlstate}: ${actual.message}` };
  return judgeRows(trial, expected, actual);
}

/**
 * The reference fails. With `errors: 'same'` the plan after the rule fails with that SQLSTATE. With `may-remove` it may come through: what failed
 * is not evaluated any more. Or it may fail at another expression, which the first one hid; so the SQLSTATE is the same, or one that the original
 * raises on the same rows once it goes on behind the errors before it. Nothing else: an expression that is evaluated fails as it always did.
 */
function judgeError({ subject, contract, actual }: Trial, sqlstate: string): Verdict {
  const isStrict = contract.errors === 'same';
  if (actual.kind === 'rows')
    return isStrict
      ? { check: 'errors', problem: `the plan fails with ${sqlstate}; after the rule it does not` }
      : 'error-removed';
  if (actual.sqlstate === sqlstate) return 'same';
  if (!isStrict && possibleErrors(subject.plan, subject).has(actual.sqlstate)) return 'other-error';
  return {
    check: 'errors',
    problem: `the plan fails with ${sqlstate}, after the rule with ${actual.sqlstate}: ${actual.message}`,
  };
}

type Rows = Extract<Outcome, { kind: 'rows' }>;

function judgeRows(trial: Trial, expected: Rows, actual: Rows): Verdict {
  const verdict = judgeExactRows(trial, expected, actual);
  if (typeof verdict !== 'object' || !choosesAmongEquals(trial.subject.plan)) return verdict;
  // Of equal values that look different another one may have been chosen: they count as one then.
  const columns = columnsOf(trial.subject.plan);
  const alike = ({ rows }: Rows): Rows['rows'] => withoutSpelling(columns, rows);
  const isChoice = verdict.check === 'rows' && isSameBag(alike(expected), alike(actual), trial.contract.floats);
  return isChoice ? judgeOrder(trial, actual) : verdict;
}

function judgeExactRows(trial: Trial, expected: Rows, actual: Rows): Verdict {
  const { subject, after, contract } = trial;
  const tightened = nullInNotNull(after, actual.rows);
  if (tightened !== null) return { check: 'nullability', problem: tightened };
  if (contract.nullability === 'same' && !hasSameNullability(subject.plan, after))
    return {
      check: 'nullability',
      problem: 'the rule changed which columns may be NULL, and its contract says it does not',
    };
  if (!isSameBag(expected.inserted, actual.inserted, contract.floats))
    return { check: 'inserted', problem: 'other rows are inserted' };
  if (!isSameBag(expected.rows, actual.rows, contract.floats)) {
    if (contract.rows === 'any-valid-limit' && isValidLimit(subject, expected, actual)) return 'same';
    return { check: 'rows', problem: 'other rows come out' };
  }
  return judgeOrder(trial, actual);
}

function judgeOrder({ subject }: Trial, actual: Rows): Verdict {
  const order = rootOrder(subject.plan);
  if (order !== null && !isOrdered(actual.rows, subject.plan, order))
    return { check: 'order', problem: 'the rows are out of order' };
  return 'same';
}

/** A column that is declared NOT NULL and holds one. */
export function nullInNotNull(plan: LogicalPlan, rows: Rows['rows']): string | null {
  const columns = columnsOf(plan);
  const index = columns.findIndex((column, i) => !column.nullable && rows.some((row) => row[i] === null));
  return index < 0 ? null : `column ${columns[index]?.name} is declared NOT NULL and holds NULL`;
}

function hasSameNullability(before: LogicalPlan, after: LogicalPlan): boolean {
  const others = columnsOf(after);
  return columnsOf(before).every((column, i) => column.nullable === others[i]?.nullable);
}

/** A limit at the root (projections may stand above it) may keep other rows: as many, and of those that come without the limit. */
function isValidLimit(subject: PlanCase, expected: Rows, actual: Rows): boolean {
  const unlimited = withoutRootLimit(subject.plan);
  if (unlimited === subject.plan || expected.rows.length !== actual.rows.length) return false;
  const all = referenceOutcome(unlimited, subject);
  return all.kind === 'rows' && isSubset(actual.rows, all.rows);
}

function withoutRootLimit(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'limit') return withoutRootLimit(plan.input);
  if (plan.kind !== 'project') return plan;
  const input = withoutRootLimit(plan.input);
  return input === plan.input ? plan : { ...plan, input };
}
