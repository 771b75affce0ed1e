import { AssertionError, type Expr, mapOperands, operandsOf, sameType, typeOf } from '@millrace/core';
import { checkPlan, exprsOf, inputsOf, type LogicalPlan, mapExprs, mapInputs } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';

/** Candidates that one minimization tries. */
const TRIES_MAX = 3000;

/**
 * A smaller case with a problem. fast-check shrinks numbers, but it cannot lift a subtree out of its tree; this takes nodes, rows,
 * columns, predicates and parts of expressions away, one at a time, as long as the plan stays valid and the problem stays.
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

/** Big steps first: nodes, rows, elements of lists; then parts of expressions. */
function* smallerCases(subject: PlanCase): Generator<PlanCase> {
  for (const plan of anywhere(subject.plan, smallerNodes)) yield { ...subject, plan };
  for (const [table, rows] of subject.database) {
    for (const index of rows.keys()) {
      yield { ...subject, database: new Map([...subject.database, [table, without(rows, index)]]) };
    }
  }
  for (const plan of anywhere(subject.plan, withSmallerExprs)) yield { ...subject, plan };
}

type Smaller = (plan: LogicalPlan) => Generator<LogicalPlan>;

/** The plan with one of its nodes made smaller. */
function* anywhere(plan: LogicalPlan, smaller: Smaller): Generator<LogicalPlan> {
  yield* smaller(plan);
  for (const [index, input] of inputsOf(plan).entries()) {
    for (const inner of anywhere(input, smaller)) {
      let position = 0;
      yield mapInputs(plan, (other) => (position++ === index ? inner : other));
    }
  }
}

/** A node gives way to one of its inputs, a list of it loses an element, a predicate becomes an operand of it. */
function* smallerNodes(plan: LogicalPlan): Generator<LogicalPlan> {
  yield* inputsOf(plan);
  switch (plan.kind) {
    case 'filter':
      for (const predicates of smallerLists(plan.predicates)) if (predicates.length > 0) yield { ...plan, predicates };
      break;
    case 'join':
      for (const on of smallerLists(plan.on)) yield { ...plan, on };
      break;
    case 'scan':
      for (const filters of smallerLists(plan.filters)) yield { ...plan, filters };
      for (const columns of shorter(plan.columns)) yield { ...plan, columns };
      break;
    case 'project':
      for (const assignments of shorter(plan.assignments)) yield { ...plan, assignments };
      break;
    case 'aggregate':
      for (const aggregations of shorter(plan.aggregations)) yield { ...plan, aggregations };
      for (const groupBy of shorter(plan.groupBy)) yield { ...plan, groupBy };
      break;
    case 'window':
      for (const functions of shorter(plan.functions)) yield { ...plan, functions };
      break;
    case 'sort':
      for (const keys of shorter(plan.keys)) yield { ...plan, keys };
      break;
    case 'values':
      for (const index of plan.rows.keys()) yield { ...plan, rows: without(plan.rows, index) };
      break;
    default:
  }
}

/** The node with one of its expressions, or a part of one, replaced by an operand of the same type. */
function* withSmallerExprs(plan: LogicalPlan): Generator<LogicalPlan> {
  for (const expr of exprsOf(plan)) {
    for (const smaller of smallerExprs(expr)) yield mapExprs(plan, (other) => (other === expr ? smaller : other));
  }
}

function* smallerExprs(expr: Expr): Generator<Expr> {
  const operands = operandsOf(expr);
  for (const operand of operands) if (sameType(typeOf(operand), typeOf(expr))) yield operand;
  for (const operand of operands) {
    for (const smaller of smallerExprs(operand)) {
      yield mapOperands(expr, (other) => (other === operand ? smaller : other));
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

/** A list of more than one without one of its elements. */
function* shorter<T>(list: readonly T[]): Generator<readonly T[]> {
  if (list.length > 1) for (const index of list.keys()) yield without(list, index);
}

function without<T>(list: readonly T[], index: number): readonly T[] {
  return list.filter((_, position) => position !== index);
}
