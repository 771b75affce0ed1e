import { type Column, type DataType, type Expr, sameType, types } from '@millrace/core';
import {
  type Assignment,
  columnExpr,
  columnsOf,
  type LogicalPlan,
  literalExpr,
  type PlanKind,
} from '@millrace/planner';
import { generateAggregate } from './aggregates.ts';
import { generateApply } from './applies.ts';
import { anyType, generateExpr, isGenerated, repeatsOf } from './expressions.ts';
import { generateExtension } from './extensions.ts';
import type { Choices } from './gene.ts';
import { generateInsert } from './inserts.ts';
import { generateLeaf } from './leaves.ts';
import { literalOf } from './literals.ts';
import { predicateList } from './predicates.ts';
import { generateLimit, generateSort } from './ranges.ts';
import { type ExprScope, exprScope, type PlanScope, type Position } from './scope.ts';
import { generateWindow, windowPredicates } from './windows.ts';

const INNER: readonly PlanKind[] = [
  'filter',
  'project',
  'join',
  'aggregate',
  'sort',
  'distinct',
  'limit',
  'union',
  'apply',
  'filter',
  'project',
];

/** Any plan below: the path first, then whatever the genotype says. Total and typed. */
export function generatePlan(choices: Choices, scope: PlanScope, position: Position): LogicalPlan {
  const [forced, ...path] = position.path;
  const isLeaf = forced === undefined && (position.depth <= 0 || choices.chance(1, 3));
  if (isLeaf) return generateLeaf(choices, scope, position);
  const kind = forced ?? choices.oneOf(INNER);
  const isRoot = position.isRoot && (kind === 'limit' || kind === 'project');
  const below: Position = { ...position, path, depth: position.depth - 1, isRoot };
  const input = (): LogicalPlan => generatePlan(choices.part(), scope, below);
  switch (kind) {
    case 'scan':
    case 'values':
    case 'memory':
    case 'function-scan':
      return generateLeaf(choices, scope, { ...position, path: [kind] });
    case 'filter':
      return filter(choices, scope, input(), position.outer);
    case 'project':
      return project(choices, scope, input(), position.outer);
    case 'join':
      return join(choices, scope, below);
    case 'aggregate':
      return generateAggregate(choices, scope, input());
    case 'window':
      return generateWindow(choices, scope, input());
    case 'distinct':
      return { kind: 'distinct', input: input() };
    case 'sort':
      return generateSort(choices, input(), path.length === 0 && choices.chance(1, 8));
    case 'limit':
      return generateLimit(choices, scope, input(), position.isRoot);
    case 'union':
      return union(choices, scope, below);
    case 'apply':
      return generateApply(choices, scope, below, generatePlan);
    case 'insert':
      return generateInsert(choices, scope, below, generatePlan);
    case 'extension':
      return generateExtension(choices, scope, input());
    default:
      return kind satisfies never;
  }
}

/** Above a subquery often the subquery's own answer: `WHERE EXISTS (...)`, `WHERE x NOT IN (...)`; above a window often its partitions. */
function filter(choices: Choices, scope: PlanScope, input: LogicalPlan, outer: readonly Column[]): LogicalPlan {
  if (input.kind === 'window' && choices.chance(2, 3))
    return { kind: 'filter', input, predicates: windowPredicates(choices, scope, input) };
  const predicates = predicateList(choices, scope, [...columnsOf(input), ...outer]);
  if (input.kind !== 'apply' || !('output' in input.mode) || choices.chance(1, 4))
    return { kind: 'filter', input, predicates };
  const { output } = input.mode;
  const column = columnExpr(output);
  const test: Expr =
    output.type.kind === 'bool'
      ? choices.chance(1, 2)
        ? { kind: 'not', operand: column }
        : column
      : { kind: 'compare', op: '>=', left: column, right: literalOf(output.type, choices, exprScope(scope, [])) };
  return { kind: 'filter', input, predicates: choices.chance(1, 2) ? [test, ...predicates] : [test] };
}

/** Some columns as they are, some computed. */
function project(choices: Choices, scope: PlanScope, input: LogicalPlan, outer: readonly Column[]): LogicalPlan {
  const columns = columnsOf(input);
  const exprs = exprScope(scope, [...columns, ...outer]);
  const assignments: Assignment[] = columns
    .filter(() => choices.pick(3) !== 1)
    .map((column) => ({ column: scope.newColumn(column.name, column.type), expr: columnExpr(column) }));
  for (let count = choices.pick(3); count > 0 || assignments.length === 0; count--) {
    const type = choices.chance(1, 5) ? types.bool : anyType(choices, exprs);
    const expr = generateExpr(type, choices.part(), exprs);
    assignments.push({ column: scope.newColumn('e', type), expr });
  }
  for (const { type, expr } of repeatsOf(choices, exprs)) {
    assignments.push({ column: scope.newColumn('r', type), expr });
  }
  return { kind: 'project', input, assignments };
}

const JOINS = ['inner', 'left', 'right', 'full', 'semi', 'anti'] as const;

/** Mostly an equality between columns of both sides, with or without more; sometimes nothing at all. */
function join(choices: Choices, scope: PlanScope, below: Position): LogicalPlan {
  const type = choices.oneOf(JOINS);
  const isRight = choices.pick(2) === 1;
  const other: Position = { ...below, path: [], depth: Math.min(below.depth, 1) };
  const left = generatePlan(choices.part(), scope, isRight ? other : below);
  const right = generatePlan(choices.part(), scope, isRight ? below : other);
  const [lefts, rights] = [columnsOf(left), columnsOf(right)];
  const pairs = lefts.flatMap((a) => rights.filter((b) => sameType(a.type, b.type)).map((b) => [a, b] as const));
  const on: Expr[] = [];
  if (pairs.length > 0 && !choices.chance(1, 4)) {
    const [a, b] = choices.oneOf(pairs);
    const op = choices.oneOf(['=', 'is-not-distinct', '<'] as const);
    const pair: Expr = { kind: 'compare', op, left: columnExpr(a), right: columnExpr(b) };
    const isNotIn = type === 'anti' && choices.chance(1, 2);
    on.push(isNotIn ? { kind: 'is-bool', operand: pair, value: false, negated: true } : pair);
  }
  if (choices.chance(1, 2)) on.push(...predicateList(choices, scope, [...lefts, ...rights, ...below.outer]));
  return { kind: 'join', type, left, right, on };
}

/** UNION ALL of two, sometimes three: inputs are projected to the first one's types, unless they have them already. */
function union(choices: Choices, scope: PlanScope, below: Position): LogicalPlan {
  const first = generatePlan(choices.part(), scope, below);
  const columns = columnsOf(first);
  const others = Array.from({ length: choices.chance(1, 5) ? 2 : 1 }, () => {
    const other = generatePlan(choices.part(), scope, { ...below, path: [], depth: Math.min(below.depth, 1) });
    const produced = columnsOf(other);
    const fits =
      produced.length === columns.length &&
      columns.every(({ type }, i) => sameType(type, produced[i]?.type ?? types.void));
    return fits && choices.chance(1, 2) ? other : projectedTo(columns, choices, scope, other);
  });
  const inputs: readonly LogicalPlan[] = [first, ...others];
  return {
    kind: 'union',
    inputs: choices.pick(2) === 1 ? [...inputs].reverse() : inputs,
    columns: columns.map(({ name, type }) => scope.newColumn(name, type)),
  };
}

function projectedTo(columns: readonly Column[], choices: Choices, scope: PlanScope, input: LogicalPlan): LogicalPlan {
  const exprs = exprScope(scope, columnsOf(input));
  const assignments = columns.map(({ name, type }) => ({
    column: scope.newColumn(name, type),
    expr: sameTypeExpr(type, choices, exprs),
  }));
  return { kind: 'project', input, assignments };
}

/** Mostly a column; a failing cell fails the whole union. */
function sameTypeExpr(type: DataType, choices: Choices, exprs: ExprScope): Expr {
  if (isGenerated(type) && choices.chance(1, 2)) return generateExpr(type, choices.part(), exprs, 2);
  const candidates = exprs.columns.filter((column) => sameType(column.type, type));
  return candidates.length > 0 ? columnExpr(choices.oneOf(candidates)) : literalExpr(null, type);
}
