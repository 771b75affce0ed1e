import { type Column, type ColumnId, type Expr, isVolatile, mayFail, types } from '@millrace/core';
import {
  type Assignment,
  columnExpr,
  columnsOf,
  type LogicalPlan,
  literalExpr,
  type PlanOf,
  type RuleContext,
} from '@millrace/planner';
import { isSafeEarly } from './is-safe-early.ts';
import { outerIdsOf, pullUp, readsAny } from './pull-up.ts';
import { knownRange } from './row-range.ts';

const NO_RANGE = { skip: 0n, fetch: null } as const;

/** What a predicate says of a boolean column: it must be TRUE (`holds`), or FALSE. */
export interface Answer {
  readonly id: ColumnId;
  readonly holds: boolean;
}

/** The answer that a predicate asks for: `e` or `NOT e`. */
export function answerOf(predicate: Expr): Answer | null {
  if (predicate.kind === 'column') return { id: predicate.id, holds: true };
  if (predicate.kind !== 'not' || predicate.operand.kind !== 'column') return null;
  return { id: predicate.operand.id, holds: false };
}

/**
 * The rows of an Apply for which its answer is TRUE (`holds`) or FALSE, by a semi or anti join, with the answer as a literal beside them. null, and a note,
 * where only an Apply will do.
 */
export function membershipJoin(apply: PlanOf<'apply'>, holds: boolean, context: RuleContext): LogicalPlan | null {
  const question = questionOf(apply, holds, context);
  if (question === null) return null;
  if (!isSafeEarly(apply.subquery, context.functions)) {
    context.note('the subquery may fail or is volatile: a join runs it for rows that nobody asks for');
    return null;
  }
  const pulled = pullUp(question.subquery, outerIdsOf(apply), true);
  if (pulled === null) {
    context.note('the subquery reads the row where it looks at more than one row of its own');
    return null;
  }
  const compared = question.pairs.map(({ left, right }): Expr => {
    const operand: Expr = { kind: 'compare', op: '=', left, right: pulled.computed.get(right.id) ?? columnExpr(right) };
    const isUnknown = question.type === 'anti' && (isNullable(left, apply) || right.nullable);
    return isUnknown ? { kind: 'is-bool', operand, value: false, negated: true } : operand;
  });
  const on = [...pulled.predicates, ...compared];
  const input: LogicalPlan = { kind: 'join', type: question.type, left: apply.input, right: pulled.plan, on };
  const same = columnsOf(apply.input).map((column): Assignment => ({ column, expr: columnExpr(column) }));
  const answer: Assignment = { column: question.output, expr: literalExpr(holds, types.bool) };
  return { kind: 'project', input, assignments: [...same, answer] };
}

interface Question {
  readonly type: 'semi' | 'anti';
  readonly output: Column;
  /** What must be equal, besides what the subquery says itself. */
  readonly pairs: readonly { readonly left: Expr; readonly right: Column }[];
  /** The subquery without what makes no difference. */
  readonly subquery: LogicalPlan;
}

function questionOf(apply: PlanOf<'apply'>, holds: boolean, context: RuleContext): Question | null {
  const { mode, subquery } = apply;
  if (mode.kind === 'exists') {
    const isTied = readsAny(subquery, outerIdsOf(apply));
    const type = holds ? 'semi' : 'anti';
    return { type, output: mode.output, pairs: [], subquery: isTied ? anyRow(subquery) : firstRow(subquery) };
  }
  if (mode.kind !== 'quantified') return null;
  const isIn = mode.op === '=' && mode.quantifier === 'any';
  const isNotIn = mode.op === '<>' && mode.quantifier === 'all' && mode.left.length === 1;
  if (!isIn && !isNotIn) {
    context.note('only = ANY and <> ALL are joins');
    return null;
  }
  if (mode.left.some((expr) => mayFail(expr) || isVolatile(expr))) {
    context.note('what is looked for may fail or is volatile');
    return null;
  }
  const columns = columnsOf(subquery);
  const pairs = mode.left.flatMap((left, i) => (columns[i] === undefined ? [] : [{ left, right: columns[i] }]));
  return { type: isIn === holds ? 'semi' : 'anti', output: mode.output, pairs, subquery: anyOrder(subquery) };
}

/** Order and repetition of rows make no difference to IN. */
function anyOrder(plan: LogicalPlan): LogicalPlan {
  const isFree = plan.kind === 'distinct' || (plan.kind === 'sort' && plan.range === null);
  return isFree ? anyOrder(plan.input) : plan;
}

/** Nor do columns to EXISTS, nor how many rows there are as long as there is one. */
function anyRow(plan: LogicalPlan): LogicalPlan {
  const below = anyOrder(plan);
  if (below.kind === 'project') return anyRow(below.input);
  if (below.kind !== 'limit' && below.kind !== 'sort') return below;
  const range = below.range === null ? NO_RANGE : knownRange(below.range);
  return range !== null && range.skip === 0n && range.fetch !== 0n ? anyRow(below.input) : below;
}

/** Of a subquery that is the same for every row one row is enough. */
function firstRow(plan: LogicalPlan): LogicalPlan {
  return { kind: 'limit', input: plan, range: { skip: null, fetch: literalExpr(1n, types.int8) } };
}

function isNullable(expr: Expr, { input }: PlanOf<'apply'>): boolean {
  if (expr.kind === 'literal') return expr.value === null;
  return expr.kind !== 'column' || (columnsOf(input).find((column) => column.id === expr.id)?.nullable ?? true);
}
