import { AssertionError, type Expr } from '@millrace/core';
import { checkPlan, inputsOf, type LogicalPlan, mapInputs } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';

/** Candidates that one minimization tries. */
const TRIES_MAX = 3000;

/**
 * A smaller case with a problem. fast-check shrinks numbers, but it cannot lift a subtree out of its tree; this takes nodes, predicates,
 * assignments and rows away, one at a time, as long as the plan stays valid and the problem stays.
 */
export async function minimize(
  subject: PlanCase,
  hasProblem: (candidate: PlanCase) => Promise<boolean>,
): Promise<PlanCase> {
  let smallest = subject;
  let tries = 0;
  for (let isSmaller = true; isSmaller; ) {
    isSmaller = false;
    for (const candidate of smallerCases(smallest)) {
      if (++tries > TRIES_MAX) return smallest;
      if (!isValid(candidate.plan) || !(await hasProblem(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function isValid(plan: LogicalPlan): boolean {
  try {
    checkPlan(plan, 'full');
    return true;
  } catch (error) {
    if (error instanceof AssertionError) return false;
    throw error;
  }
}

function* smallerCases(subject: PlanCase): Generator<PlanCase> {
  for (const plan of smallerPlans(subject.plan)) yield { ...subject, plan };
  for (const [table, rows] of subject.database) {
    for (const index of rows.keys()) {
      yield { ...subject, database: new Map([...subject.database, [table, without(rows, index)]]) };
    }
  }
}

/** The plan with one thing less: a node gives way to one of its inputs, a list loses an element, a predicate becomes an operand of it. */
function* smallerPlans(plan: LogicalPlan): Generator<LogicalPlan> {
  yield* inputsOf(plan);
  if (plan.kind === 'filter') {
    for (const predicates of smallerLists(plan.predicates)) if (predicates.length > 0) yield { ...plan, predicates };
  }
  if (plan.kind === 'join') for (const on of smallerLists(plan.on)) yield { ...plan, on };
  if (plan.kind === 'scan') for (const filters of smallerLists(plan.filters)) yield { ...plan, filters };
  if (plan.kind === 'project' && plan.assignments.length > 1) {
    for (const index of plan.assignments.keys()) yield { ...plan, assignments: without(plan.assignments, index) };
  }
  if (plan.kind === 'values') {
    for (const index of plan.rows.keys()) yield { ...plan, rows: without(plan.rows, index) };
  }
  for (const [index, input] of inputsOf(plan).entries()) {
    for (const smaller of smallerPlans(input)) {
      let position = 0;
      yield mapInputs(plan, (other) => (position++ === index ? smaller : other));
    }
  }
}

function* smallerLists(predicates: readonly Expr[]): Generator<readonly Expr[]> {
  for (const [index, predicate] of predicates.entries()) {
    yield without(predicates, index);
    for (const operand of operandsOfConnective(predicate)) yield predicates.with(index, operand);
  }
}

function operandsOfConnective(expr: Expr): readonly Expr[] {
  if (expr.kind === 'and' || expr.kind === 'or') return expr.operands;
  return expr.kind === 'not' ? [expr.operand] : [];
}

function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, position) => position !== index);
}
