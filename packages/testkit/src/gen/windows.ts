import { type Column, type DataType, type Expr, sameType, types, type Value } from '@millrace/core';
import {
  columnExpr,
  columnsOf,
  DEFAULT_FRAME,
  type FrameBound,
  type LogicalPlan,
  literalExpr,
  type PlanOf,
  type SortKey,
  type WindowCall,
  type WindowFrame,
} from '@millrace/planner';
import { generateExpr } from './expressions.ts';
import type { Choices } from './gene.ts';
import { literalOf, parameterOf } from './literals.ts';
import { generatePredicate, predicateList } from './predicates.ts';
import { exprScope, type PlanScope } from './scope.ts';

/** A function, the types of its arguments, and the type of its result. */
type Candidate = readonly [fn: string, args: readonly DataType[], returns: DataType];

const { int4, int8, float8, text, bool } = types;
/** What peers agree on whatever their order: functions of whole groups of peers. */
const BY_PEERS: readonly Candidate[] = [
  ['rank()', [], int8],
  ['sum(int4)', [int4], int8],
  ['count(*)', [], int8],
  ['dense_rank()', [], int8],
  ['max(int4)', [int4], int4],
  ['count(any)', [int4], int8],
  ['cume_dist()', [], float8],
  ['percent_rank()', [], float8],
  ['min(text)', [text], text],
  ['bool_or(bool)', [bool], bool],
  ['sum(int8)', [int8], { kind: 'numeric', precision: null, scale: null }],
];
/** What tells one peer from another: only where equal keys are equal rows. */
const BY_ROWS: readonly Candidate[] = [
  ['row_number()', [], int8],
  ['lag(anyelement)', [int4], int4],
  ['first_value(anyelement)', [int4], int4],
  ['lead(anyelement,int4)', [text, int4], text],
  ['last_value(anyelement)', [int4], int4],
  ['ntile(int4)', [int4], int4],
  ['nth_value(anyelement,int4)', [text, int4], text],
  ['lag(anycompatible,int4,anycompatible)', [int4, int4, int4], int4],
];

/**
 * A window with one answer: ordered by all columns it may be of any kind; ordered by some, or by none, its frame is made of groups of peers
 * and its functions agree for them. Bounds are sometimes negative or NULL, which fails.
 */
export function generateWindow(choices: Choices, scope: PlanScope, input: LogicalPlan): LogicalPlan {
  const columns = columnsOf(input);
  const partitionBy = columns.filter(() => choices.pick(2) === 1).slice(0, 2);
  const isTotal = choices.chance(1, 2);
  const orderBy = orderOf(choices, columns, isTotal);
  const exprs = exprScope(scope, columns);
  const candidates = isTotal ? [...BY_ROWS, ...BY_PEERS] : BY_PEERS;
  const functions = Array.from({ length: 1 + choices.pick(3) }, (): WindowCall => {
    const [fn, argTypes, returns] = choices.oneOf(candidates);
    const args = argTypes.map((type, i) => argument(choices, fn, { type, i }, exprs));
    const isAggregate = BY_PEERS.some(([id]) => id === fn) && /^(sum|count|min|max|bool)/.test(fn);
    const filter = isAggregate && choices.chance(1, 4) ? generatePredicate(choices.part(), exprs, 2) : null;
    return { column: scope.newColumn('w', returns), fn, args, filter };
  });
  const frame = frameOf(choices, scope, { columns, orderBy, isTotal });
  return { kind: 'window', input, partitionBy: partitionBy.map(({ id }) => id), orderBy, frame, functions };
}

/** Predicates on what a window partitions by; sometimes one on a key of its order, or of both, which says more than it seems. */
export function windowPredicates(choices: Choices, scope: PlanScope, window: PlanOf<'window'>): readonly Expr[] {
  const columns = columnsOf(window.input);
  const keys = columns.filter(({ id }) => window.partitionBy.includes(id));
  const [first] = keys;
  if (first === undefined) return predicateList(choices, scope, columns);
  if (choices.chance(1, 2)) return predicateList(choices, scope, keys);
  const others = columns.filter(({ id, type }) => id !== first.id && sameType(type, first.type));
  const isPair = others.length > 0 && choices.chance(1, 2);
  const left = isPair || choices.chance(1, 2) ? first : choices.oneOf(columns);
  const right = isPair ? columnExpr(choices.oneOf(others)) : literalOf(left.type, choices, exprScope(scope, []));
  return [{ kind: 'compare', op: choices.oneOf(['=', '<>', '>', '<=']), left: columnExpr(left), right }];
}

function orderOf(choices: Choices, columns: readonly Column[], isTotal: boolean): readonly SortKey[] {
  const start = choices.pick(Math.max(columns.length, 1));
  const rotated = [...columns.slice(start), ...columns.slice(0, start)];
  return rotated.slice(0, isTotal ? rotated.length : choices.pick(2)).map(({ id }) => {
    const direction = choices.pick(4);
    return { id, descending: direction % 2 === 1, nullsFirst: direction > 1 };
  });
}

/** Counts (of ntile, nth_value, lag) are small numbers, rarely such as fail; anything else is any expression. */
function argument(
  choices: Choices,
  fn: string,
  { type, i }: { readonly type: DataType; readonly i: number },
  exprs: ReturnType<typeof exprScope>,
): Expr {
  const isCount = fn === 'ntile(int4)' || (i === 1 && fn.endsWith(')') && /int4/.test(fn) && !fn.startsWith('sum'));
  if (!isCount) return generateExpr(type, choices.part(), exprs, 2);
  const counts: readonly Value[] = [1, 2, 3, 2, 1, null, 4];
  return literalExpr(choices.chance(1, 16) ? choices.oneOf([0, -1]) : choices.oneOf(counts), int4);
}

interface FrameScope {
  readonly columns: readonly Column[];
  readonly orderBy: readonly SortKey[];
  readonly isTotal: boolean;
}

function frameOf(choices: Choices, scope: PlanScope, place: FrameScope): WindowFrame {
  if (choices.chance(1, 4)) return DEFAULT_FRAME;
  const { orderBy } = place;
  const modes: WindowFrame['mode'][] = ['range'];
  if (orderBy.length > 0) modes.push('groups');
  if (place.isTotal) modes.push('rows');
  const mode = choices.oneOf(modes);
  const [key] = orderBy;
  const keyType = orderBy.length === 1 ? place.columns.find(({ id }) => id === key?.id)?.type : undefined;
  const offsetType = mode === 'range' ? RANGE_TYPES.find((type) => keyType && sameType(type, keyType)) : int8;
  const start = boundOf(choices, scope, { isStart: true, offsetType });
  const end = boundOf(choices, scope, { isStart: false, offsetType });
  const excludes: WindowFrame['exclude'][] = ['nothing', 'nothing', 'nothing', 'group'];
  if (place.isTotal) excludes.push('current-row', 'ties');
  const isBackwards = RANK[start.kind] > RANK[end.kind];
  return { mode, start, end: isBackwards ? { kind: 'unbounded-following' } : end, exclude: choices.oneOf(excludes) };
}

/** Types that the reference interpreter adds offsets of their own type to. */
const RANGE_TYPES: readonly DataType[] = [int4, int8, types.int2, float8, types.numeric];
/** SQL refuses a frame whose end is of an earlier kind than its start. */
const RANK = { 'unbounded-preceding': 0, preceding: 1, 'current-row': 2, following: 3, 'unbounded-following': 4 };

function boundOf(
  choices: Choices,
  scope: PlanScope,
  { isStart, offsetType }: { readonly isStart: boolean; readonly offsetType: DataType | undefined },
): FrameBound {
  const plain = isStart
    ? (['unbounded-preceding', 'current-row'] as const)
    : (['current-row', 'unbounded-following'] as const);
  if (offsetType === undefined || !choices.chance(1, 2)) return { kind: choices.oneOf(plain) };
  const kind = choices.oneOf(['preceding', 'following'] as const);
  if (choices.chance(1, 16)) return { kind, offset: parameterOf(offsetType, choices, exprScope(scope, [])) };
  const count = choices.chance(1, 24) ? choices.oneOf([-1, null]) : choices.oneOf([1, 0, 2, 3, 1]);
  return { kind, offset: literalExpr(asValue(count, offsetType), offsetType) };
}

function asValue(count: number | null, type: DataType): Value {
  if (count === null) return null;
  if (type.kind === 'int8') return BigInt(count);
  return type.kind === 'numeric' ? String(count) : count;
}
