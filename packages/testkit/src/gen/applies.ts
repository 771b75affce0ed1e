import { arrayOf, type Column, type CompareOp, type Expr, sameType, types } from '@millrace/core';
import { type ApplyMode, columnExpr, columnsOf, type LogicalPlan, literalExpr } from '@millrace/planner';
import { generateAggregate } from './aggregates.ts';
import type { Choices } from './gene.ts';
import { predicateList } from './predicates.ts';
import { generateSort } from './ranges.ts';
import type { PlanScope, Position } from './scope.ts';

type GeneratePlan = (choices: Choices, scope: PlanScope, position: Position) => LogicalPlan;

/** IN and NOT IN before the others. */
const COMPARISONS: readonly { readonly op: CompareOp; readonly quantifier: 'any' | 'all' }[] = [
  { op: '=', quantifier: 'any' },
  { op: '<>', quantifier: 'all' },
  { op: '=', quantifier: 'any' },
  { op: '=', quantifier: 'all' },
  { op: '<>', quantifier: 'any' },
  { op: '<', quantifier: 'any' },
  { op: '>=', quantifier: 'all' },
];

/**
 * A subquery per row, which may read the row: scalar, EXISTS, IN and ANY/ALL, ARRAY, lateral joins. A path that goes on with an aggregate asks for it in
 * the subquery, as a scalar.
 */
export function generateApply(
  choices: Choices,
  scope: PlanScope,
  below: Position,
  generate: GeneratePlan,
): LogicalPlan {
  const [next, ...path] = below.path;
  const isAggregate = next === 'aggregate';
  const input = generate(choices.part(), scope, isAggregate ? { ...below, path } : below);
  const columns = columnsOf(input);
  const inner: Position = {
    path: [],
    depth: Math.min(below.depth, 2),
    outer: [...below.outer, ...columns],
    isRoot: false,
  };
  const subquery = tied(choices, scope, generate(choices.part(), scope, inner), inner.outer);
  switch (isAggregate ? 1 : choices.pick(9)) {
    case 1:
    case 6: {
      const one = firstOnly(choices, scope, subquery, isAggregate);
      return {
        kind: 'apply',
        input,
        subquery: one.plan,
        mode: { kind: 'scalar', output: scope.newColumn('scalar', one.column.type) },
      };
    }
    case 2: {
      const one = oneColumn(choices, scope, subquery);
      const sorted = generateSort(choices, one.plan, false);
      const output = scope.newColumn('array', arrayOf(one.column.type));
      return {
        kind: 'apply',
        input,
        subquery: one.column.type.kind === 'array' ? subquery : sorted,
        mode: arrayMode(one.column, output, scope),
      };
    }
    case 3:
      return { kind: 'apply', input, subquery, mode: { kind: 'cross' } };
    case 4: {
      const on = predicateList(choices, scope, [...columns, ...columnsOf(subquery)]);
      return { kind: 'apply', input, subquery, mode: { kind: 'left', on } };
    }
    case 5:
    case 7: {
      const one = oneColumn(choices, scope, subquery);
      const same = columns.filter((column) => sameType(column.type, one.column.type));
      const left = same.length > 0 ? columnExpr(choices.oneOf(same)) : literalExpr(null, one.column.type);
      const mode: ApplyMode = {
        kind: 'quantified',
        output: scope.newColumn('any', types.bool),
        ...choices.oneOf(COMPARISONS),
        left: [left],
      };
      return { kind: 'apply', input, subquery: one.plan, mode };
    }
    default:
      return {
        kind: 'apply',
        input,
        subquery,
        mode: { kind: 'exists', output: scope.newColumn('exists', types.bool) },
      };
  }
}

/** Mostly with the rows that go with the row it runs for: an equation between a column of each, which may guard more. */
function tied(choices: Choices, scope: PlanScope, input: LogicalPlan, outer: readonly Column[]): LogicalPlan {
  const pairs = columnsOf(input).flatMap((a) =>
    outer.filter((b) => sameType(a.type, b.type)).map((b) => [a, b] as const),
  );
  if (pairs.length === 0 || choices.chance(1, 4)) return input;
  const [a, b] = choices.oneOf(pairs);
  const op = choices.oneOf(['=', '=', '=', 'is-not-distinct', '<'] as const);
  const pair: Expr = { kind: 'compare', op, left: columnExpr(a), right: columnExpr(b) };
  const rest = choices.chance(1, 3) ? predicateList(choices, scope, [...columnsOf(input), ...outer]) : [];
  return { kind: 'filter', input, predicates: [pair, ...rest] };
}

/** There are no arrays of arrays; of those a subquery is only asked whether it has rows. */
function arrayMode(column: Column, output: Column, scope: PlanScope): ApplyMode {
  if (column.type.kind !== 'array') return { kind: 'array', output };
  return { kind: 'exists', output: scope.newColumn('exists', types.bool) };
}

interface OneColumn {
  readonly plan: LogicalPlan;
  readonly column: Column;
}

function oneColumn(choices: Choices, scope: PlanScope, input: LogicalPlan): OneColumn {
  const source = choices.oneOf(columnsOf(input));
  const column = scope.newColumn(source.name, source.type);
  return { plan: { kind: 'project', input, assignments: [{ column, expr: columnExpr(source) }] }, column };
}

/** Mostly one row; sometimes as many as come, which is an error if there are more than one. */
function firstOnly(choices: Choices, scope: PlanScope, input: LogicalPlan, isAggregate: boolean): OneColumn {
  if (isAggregate || choices.chance(1, 3))
    return oneColumn(choices, scope, { ...generateAggregate(choices, scope, input), groupBy: [] });
  const one = oneColumn(choices, scope, input);
  if (choices.chance(1, 3)) return one;
  const sorted = generateSort(choices, one.plan, false);
  const range = { skip: null, fetch: literalExpr(1n, types.int8) };
  return { plan: { kind: 'limit', input: sorted, range }, column: one.column };
}
