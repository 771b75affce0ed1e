import {
  type Column,
  type ColumnId,
  columnsRead,
  type Expr,
  isVolatile,
  mayFail,
  replaceColumns,
  sameExpr,
  sameType,
} from '@millrace/core';
import { columnExpr, columnsOf, exprsOf, type LogicalPlan, type PlanOf, somePlan } from '@millrace/planner';
import { isListed, mirrored } from './mirrored.ts';

/** Predicates that are TRUE of every row: about one column and constants, or that two columns are equal. */
export interface Facts {
  /** Comparisons and IN lists of one column, on the left, with what has no columns and cannot fail. Never TRUE for NULL. */
  readonly constants: readonly Expr[];
  /** Pairs of columns, of one type, that are equal or both NULL. */
  readonly equal: readonly (readonly [ColumnId, ColumnId])[];
}

const NONE: Facts = { constants: [], equal: [] };
/** Facts that are looked at. A table with more filters than that is not worth the time. */
const FACTS_MAX = 64;

/** What a plan's rows have in common, as far as its filters and joins say so. */
export function factsOf(plan: LogicalPlan): Facts {
  switch (plan.kind) {
    case 'scan':
      return factsIn(plan.filters);
    case 'filter':
      return both(factsOf(plan.input), factsIn(plan.predicates));
    case 'join':
      return factsOfJoin(plan);
    case 'project':
      return renamed(factsOf(plan.input), plan);
    case 'union':
      return factsOfUnion(plan);
    case 'aggregate':
      return plan.groupBy.length === 0 ? NONE : factsOf(plan.input);
    case 'apply':
      return plan.mode.kind === 'cross' ? both(factsOf(plan.input), factsOf(plan.subquery)) : factsOf(plan.input);
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'window':
      return factsOf(plan.input);
    case 'values':
    case 'memory':
    case 'function-scan':
    case 'insert':
    case 'extension':
      return NONE;
    default:
      return plan satisfies never;
  }
}

/** Facts that stand in a list of predicates. */
export function factsIn(predicates: readonly Expr[]): Facts {
  const constants: Expr[] = [];
  const equal: [ColumnId, ColumnId][] = [];
  for (const predicate of predicates) {
    const constant = asConstantFact(predicate);
    if (constant !== null) constants.push(constant);
    const pair = pairOf(predicate);
    if (pair !== null) equal.push(pair);
  }
  return { constants, equal };
}

/** Whether any columns are equal below, or by these predicates: the cheap question that comes before all others. */
export function hasEqualColumns(predicates: readonly Expr[], inputs: readonly LogicalPlan[]): boolean {
  const isPair = (expr: Expr): boolean => pairOf(expr) !== null;
  return predicates.some(isPair) || inputs.some((input) => somePlan(input, (node) => exprsOf(node).some(isPair)));
}

function pairOf(predicate: Expr): [ColumnId, ColumnId] | null {
  if (predicate.kind !== 'compare' || (predicate.op !== '=' && predicate.op !== 'is-not-distinct')) return null;
  const { left, right } = predicate;
  if (left.kind !== 'column' || right.kind !== 'column' || left.id === right.id) return null;
  return sameType(left.type, right.type) && left.type.kind !== 'bpchar' ? [left.id, right.id] : null;
}

/** The facts of both. */
export function both(a: Facts, b: Facts): Facts {
  const constants = [...a.constants, ...b.constants].slice(0, FACTS_MAX);
  return { constants, equal: [...a.equal, ...b.equal].slice(0, FACTS_MAX) };
}

function asConstantFact(predicate: Expr): Expr | null {
  if (columnsRead(predicate).size !== 1 || mayFail(predicate) || isVolatile(predicate)) return null;
  if (predicate.kind === 'in-list') return predicate.operand.kind === 'column' ? predicate : null;
  if (predicate.kind !== 'compare' || predicate.op.startsWith('is-')) return null;
  const { left, right } = predicate;
  if (left.kind === 'column') return columnsRead(right).size === 0 ? predicate : null;
  return right.kind === 'column' ? mirrored(predicate) : null;
}

function factsOfJoin({ type, left, right, on }: PlanOf<'join'>): Facts {
  switch (type) {
    case 'inner':
      return both(both(factsOf(left), factsOf(right)), factsIn(on));
    case 'left':
    case 'semi':
    case 'anti':
      return factsOf(left);
    case 'right':
      return factsOf(right);
    case 'full':
      return NONE;
    default:
      return type satisfies never;
  }
}

/** Facts under every name that a Project gives to a column. */
function renamed(facts: Facts, { assignments }: PlanOf<'project'>): Facts {
  const names = (id: ColumnId): readonly Expr[] =>
    assignments.filter(({ expr }) => expr.kind === 'column' && expr.id === id).map(({ column }) => columnExpr(column));
  return {
    constants: facts.constants.flatMap((fact) => {
      const [id] = columnsRead(fact);
      return id === undefined ? [] : names(id).map((name) => replaceColumns(fact, () => name));
    }),
    equal: facts.equal.flatMap(([a, b]) =>
      names(a).flatMap((x) =>
        names(b).flatMap((y) => (x.kind === 'column' && y.kind === 'column' ? [[x.id, y.id] as const] : [])),
      ),
    ),
  };
}

/** What each input says of the same position. */
function factsOfUnion({ inputs, columns }: PlanOf<'union'>): Facts {
  const [first = [], ...others] = inputs.map((input) => {
    const places = new Map(columnsOf(input).map((column, i) => [column.id, columns[i]]));
    return factsOf(input).constants.flatMap((fact) => {
      const [id] = columnsRead(fact);
      const column = id === undefined ? undefined : places.get(id);
      return column === undefined ? [] : [replaceColumns(fact, () => columnExpr(column))];
    });
  });
  return {
    constants: first.filter((fact) => others.every((list) => list.some((other) => sameExpr(other, fact)))),
    equal: [],
  };
}

/**
 * Constants that a class of equal columns may have. Where a column also follows from one that equals it across another table, each constant would
 * give a new one for ever.
 */
const CLASS_CONSTANTS_MAX = 6;

/** What is known of a column, said of the target columns that it equals. `isSaid`: it is said already. */
export function acrossEqual(
  { constants, equal }: Facts,
  targets: readonly Column[],
  isSaid: (predicate: Expr) => boolean,
): readonly Expr[] {
  if (equal.length === 0) return [];
  const inferred: Expr[] = [];
  for (const fact of constants) {
    const [id] = columnsRead(fact);
    const equals = id === undefined ? new Set<ColumnId>() : equalTo(id, equal);
    if (constants.filter((other) => readsOneOf(other, equals)).length > CLASS_CONSTANTS_MAX) continue;
    for (const target of targets.filter((column) => column.id !== id && equals.has(column.id))) {
      const implied = replaceColumns(fact, () => columnExpr(target));
      if (!isListed(implied, inferred) && !isSaid(implied)) inferred.push(implied);
    }
  }
  return inferred;
}

function readsOneOf(expr: Expr, ids: ReadonlySet<ColumnId>): boolean {
  return [...columnsRead(expr)].some((id) => ids.has(id));
}

/** The column and those that are equal to it, by way of others too. */
export function equalTo(id: ColumnId, pairs: Facts['equal']): ReadonlySet<ColumnId> {
  const equal = new Set([id]);
  for (const one of equal) for (const [a, b] of pairs) if (a === one || b === one) equal.add(a === one ? b : a);
  return equal;
}
