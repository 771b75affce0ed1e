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
import { EXPR_TYPES, generateExpr } from './expressions.ts';
import type { Choices } from './gene.ts';
import { generateInsert } from './inserts.ts';
import { generateLeaf } from './leaves.ts';
import { predicateList } from './predicates.ts';
import { generateLimit, generateSort } from './ranges.ts';
import { type ExprScope, exprScope, type PlanScope, type Position } from './scope.ts';
import { generateWindow } from './windows.ts';

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
      return input();
    default:
      return kind satisfies never;
  }
}

function filter(choices: Choices, scope: PlanScope, input: LogicalPlan, outer: readonly Column[]): LogicalPlan {
  return { kind: 'filter', input, predicates: predicateList(choices, scope, [...columnsOf(input), ...outer]) };
}

/** Some columns as they are, some computed. */
function project(choices: Choices, scope: PlanScope, input: LogicalPlan, outer: readonly Column[]): LogicalPlan {
  const columns = columnsOf(input);
  const exprs = exprScope(scope, [...columns, ...outer]);
  const assignments: Assignment[] = columns
    .filter(() => choices.pick(3) !== 1)
    .map((column) => ({ column: scope.newColumn(column.name, column.type), expr: columnExpr(column) }));
  for (let count = choices.pick(3); count > 0 || assignments.length === 0; count--) {
    const known = choices.oneOf([...columns.map((column) => column.type), ...EXPR_TYPES, types.bool, types.bool]);
    const type = isGenerated(known) ? known : types.int4;
    const expr = generateExpr(type, choices.part(), exprs);
    assignments.push({ column: scope.newColumn('e', type), expr });
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

/** UNION ALL: the second input is projected to the first one's types. */
function union(choices: Choices, scope: PlanScope, below: Position): LogicalPlan {
  const first = generatePlan(choices.part(), scope, below);
  const columns = columnsOf(first);
  const second = generatePlan(choices.part(), scope, { ...below, path: [], depth: Math.min(below.depth, 1) });
  const exprs = exprScope(scope, columnsOf(second));
  const assignments = columns.map(({ name, type }) => ({
    column: scope.newColumn(name, type),
    expr: sameTypeExpr(type, choices, exprs),
  }));
  const inputs: readonly LogicalPlan[] = [first, { kind: 'project', input: second, assignments }];
  return {
    kind: 'union',
    inputs: choices.pick(2) === 1 ? [...inputs].reverse() : inputs,
    columns: columns.map(({ name, type }) => scope.newColumn(name, type)),
  };
}

/** Whether there are expressions of the type, not only columns. */
function isGenerated(type: DataType): boolean {
  return EXPR_TYPES.some((known) => sameType(known, type));
}

function sameTypeExpr(type: DataType, choices: Choices, exprs: ExprScope): Expr {
  if (isGenerated(type)) return generateExpr(type, choices.part(), exprs, 2);
  const candidates = exprs.columns.filter((column) => sameType(column.type, type));
  return candidates.length > 0 ? columnExpr(choices.oneOf(candidates)) : literalExpr(null, type);
}
