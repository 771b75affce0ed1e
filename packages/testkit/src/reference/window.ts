import { assert, type ColumnId, type DataType, type Expr, failure, type Value } from '@millrace/core';
import { columnsOf, type FrameBound, type PlanOf, type SortKey, type WindowCall } from '@millrace/planner';
import { aggregateReference, compareWithNulls } from './aggregates.ts';
import { decimalArithmetic, parseDecimal, printDecimal } from './decimal.ts';
import { evaluateReference, type ReferenceEnvironment, tolerated } from './expressions.ts';
import { compareReference } from './order.ts';
import { type Row, rowOf } from './row.ts';

/** Where a window runs. */
interface Scope {
  readonly environment: ReferenceEnvironment;
  readonly outer: Row | null;
}
/** One row of a partition and all that its functions may see. */
interface Position extends Scope {
  readonly rows: readonly Row[];
  readonly index: number;
  /** Number of the row's group of peers, for every row. */
  readonly peers: readonly number[];
  /** The rows of the frame, in order. */
  readonly frame: () => readonly Row[];
}

/** A window, row by row: whatever is asked of a row is found by looking at every row of its partition. Rows keep the order they came in. */
export function windowReference(plan: PlanOf<'window'>, input: readonly Row[], scope: Scope): readonly Row[] {
  const types = new Map(columnsOf(plan.input).map((column) => [column.id, column.type]));
  const typeOfColumn = (id: ColumnId): DataType => types.get(id) ?? { kind: 'text' };
  const byPartition = plan.partitionBy.map((id): SortKey => ({ id, descending: false, nullsFirst: false }));
  const compare = (a: Row, b: Row, keys: readonly SortKey[]): number => {
    for (const key of keys) {
      const order = compareWithNulls(typeOfColumn(key.id), cell(a, key.id), cell(b, key.id), key);
      if (order !== 0) return order;
    }
    return 0;
  };
  const first = plan.orderBy[0];
  const hasKey = first !== undefined && input.some((row) => cell(row, first.id) !== null);
  const offset = (end: 'start' | 'end'): Value =>
    tolerated(scope.environment, () => offsetOf(plan, end, { ...scope, hasKey }), 0);
  const offsets = { start: offset('start'), end: offset('end') };
  const results: Row[] = [...input];
  for (const members of partitionsOf(
    input,
    (a, b) => compare(a, b, byPartition),
    (a, b) => compare(a, b, plan.orderBy),
  )) {
    const rows = members.map((at) => input[at] as Row);
    const peers: number[] = [];
    for (const [i, row] of rows.entries()) {
      const before = rows[i - 1];
      const last = peers[i - 1] ?? 0;
      peers.push(before === undefined || compare(before, row, plan.orderBy) === 0 ? last : last + 1);
    }
    const keys = rows.map((row) => (first === undefined ? null : cell(row, first.id)));
    const type: DataType = first === undefined ? { kind: 'text' } : typeOfColumn(first.id);
    for (const [index, row] of rows.entries()) {
      const sight: Sight = { plan, offsets, index, peers, keys, type };
      const frame = (): readonly Row[] => rows.filter((_, i) => isInFrame(sight, i));
      const position: Position = { ...scope, rows, index, peers, frame };
      const value = (call: WindowCall): Value => tolerated(scope.environment, () => callValue(call, position), null);
      const values = plan.functions.map((call) => [call.column.id, value(call)] as const);
      results[members[index] as number] = rowOf([...row.values, ...values], scope.outer);
    }
  }
  return results;
}

type RowOrder = (a: Row, b: Row) => number;

/** The places of the rows of each partition, in the order of the window. */
function partitionsOf(input: readonly Row[], byPartition: RowOrder, byOrder: RowOrder): readonly (readonly number[])[] {
  const partitions: number[][] = [];
  for (const [at, row] of input.entries()) {
    const known = partitions.find(([first = 0]) => byPartition(input[first] as Row, row) === 0);
    if (known === undefined) partitions.push([at]);
    else known.push(at);
  }
  return partitions.map((members) => members.sort((a, b) => byOrder(input[a] as Row, input[b] as Row) || a - b));
}

function cell(row: Row, id: ColumnId): Value {
  return row.values.get(id) ?? null;
}

/** The value of a frame's offset; 22004 for NULL, 22013 for a negative one, in RANGE mode if there is a key to add it to. */
function offsetOf(plan: PlanOf<'window'>, end: 'start' | 'end', scope: Scope & { readonly hasKey: boolean }): Value {
  const bound = plan.frame[end];
  if (!('offset' in bound)) return null;
  const value = evaluateReference(bound.offset, rowOf([], scope.outer), scope.environment);
  const which = end === 'start' ? 'starting' : 'ending';
  if (value === null) throw failure('nullNotAllowed', { message: `frame ${which} offset must not be null` });
  if (plan.frame.mode !== 'range' && BigInt(value as bigint) < 0n) {
    throw failure('invalidFrameOffset', { message: `frame ${which} offset must not be negative` });
  }
  if (plan.frame.mode === 'range' && scope.hasKey && !(Number(value) >= 0)) throw failure('invalidFrameSize');
  return value;
}

/** What decides whether a row is in the frame of another. */
interface Sight {
  readonly plan: PlanOf<'window'>;
  readonly offsets: { readonly start: Value; readonly end: Value };
  readonly index: number;
  readonly peers: readonly number[];
  /** The one sort key that offsets in RANGE mode are added to. */
  readonly keys: readonly Value[];
  readonly type: DataType;
}

function isInFrame(sight: Sight, other: number): boolean {
  const { index, peers } = sight;
  const { frame } = sight.plan;
  const isPeer = peers[other] === peers[index];
  if (frame.exclude === 'current-row' && other === index) return false;
  if (frame.exclude === 'group' && isPeer) return false;
  if (frame.exclude === 'ties' && isPeer && other !== index) return false;
  return (
    distance(sight, other, frame.start, sight.offsets.start) >= 0 &&
    distance(sight, other, frame.end, sight.offsets.end) <= 0
  );
}

/** Whether a row stands before (-1), at (0) or behind (1) a bound of the frame. */
function distance(sight: Sight, other: number, bound: FrameBound, offset: Value): number {
  if (bound.kind === 'unbounded-preceding') return 1;
  if (bound.kind === 'unbounded-following') return -1;
  const { mode } = sight.plan.frame;
  const number = (index: number): bigint => BigInt(mode === 'rows' ? index : (sight.peers[index] ?? 0));
  const [here, there] = [number(sight.index), number(other)];
  if (bound.kind === 'current-row') return there < here ? -1 : there > here ? 1 : 0;
  if (mode === 'range') return rangeDistance(sight, other, bound.kind, offset);
  const limit = bound.kind === 'preceding' ? here - BigInt(offset as bigint) : here + BigInt(offset as bigint);
  return there < limit ? -1 : there > limit ? 1 : 0;
}

/** NULLs are as far from other values as can be, and peers of each other. */
function rangeDistance(sight: Sight, other: number, kind: 'preceding' | 'following', offset: Value): number {
  const { type } = sight;
  const [here, there] = [sight.keys[sight.index] ?? null, sight.keys[other] ?? null];
  if (here === null || there === null) return Math.sign((sight.peers[other] ?? 0) - (sight.peers[sight.index] ?? 0));
  const descending = sight.plan.orderBy[0]?.descending === true;
  const isLess = (kind === 'preceding') !== descending;
  const order = compareToSum(type, there, here, { offset, isLess });
  return descending ? -order : order;
}

/** Compares a value with another one plus or minus an offset; integers do not overflow. */
function compareToSum(
  type: DataType,
  value: Value,
  base: Value,
  { offset, isLess }: { readonly offset: Value; readonly isLess: boolean },
): number {
  if (type.kind === 'float8') {
    const sum = isLess ? Number(base) - Number(offset) : Number(base) + Number(offset);
    if (Number.isNaN(sum) && !Number.isNaN(base)) return Number.isNaN(value) ? 1 : 0;
    return compareReference(type, value, sum);
  }
  const numbers = ['int2', 'int4', 'int8', 'numeric'];
  assert(numbers.includes(type.kind), `the reference interpreter has no range offset for ${type.kind}`);
  const sum = decimalArithmetic(isLess ? '-' : '+', parseDecimal(String(base)), parseDecimal(String(offset)));
  if (printDecimal(sum) === 'NaN' && base !== 'NaN') return value === 'NaN' ? 1 : 0;
  return compareReference({ kind: 'numeric', precision: null, scale: null }, String(value), printDecimal(sum));
}

/** The value of one call for one row. */
function callValue(call: WindowCall, position: Position): Value {
  const { rows, index, peers } = position;
  const here = peers[index];
  const argument = (at: number, row: Row | undefined): Value =>
    row === undefined ? null : evaluateReference(call.args[at] as Expr, row, position.environment);
  const rank = peers.indexOf(here ?? 0) + 1;
  const name = call.fn.slice(0, call.fn.indexOf('('));
  switch (name) {
    case 'row_number':
      return BigInt(index + 1);
    case 'rank':
      return BigInt(rank);
    case 'dense_rank':
      return BigInt((here ?? 0) + 1);
    case 'percent_rank':
      return rows.length === 1 ? 0 : (rank - 1) / (rows.length - 1);
    case 'cume_dist':
      return (peers.lastIndexOf(here ?? 0) + 1) / rows.length;
    case 'ntile':
      return ntile(rows.length, index, (at) => argument(0, rows[at]));
    case 'lag':
    case 'lead':
      return shifted(call, position, name === 'lag' ? -1 : 1);
    case 'first_value':
      return argument(0, position.frame()[0]);
    case 'last_value':
      return argument(0, position.frame().at(-1));
    case 'nth_value':
      return nthValue(position, argument(1, rows[index]), (row) => argument(0, row));
    default:
      return aggregateReference({ ...call, isDistinct: false, orderBy: [] }, position.frame(), position.environment);
  }
}

/** Buckets as equal as can be, the larger ones first; the first count of a partition that is not NULL holds from there on. */
function ntile(rowCount: number, index: number, countAt: (index: number) => Value): Value {
  for (let first = 0; first <= index; first++) {
    const count = countAt(first);
    if (count === null) continue;
    const buckets = Number(count);
    if (buckets <= 0) throw failure('invalidNtileArgument');
    const size = Math.floor(rowCount / buckets);
    const larger = rowCount % buckets;
    const at = index - first;
    if (size === 0) return at + 1;
    return at < larger * (size + 1)
      ? Math.floor(at / (size + 1)) + 1
      : larger + Math.floor((at - larger * (size + 1)) / size) + 1;
  }
  return null;
}

function shifted(call: WindowCall, position: Position, sign: 1 | -1): Value {
  const { rows, index, environment } = position;
  const current = rows[index] as Row;
  const [value, by, otherwise] = call.args;
  const offset = by === undefined ? 1 : evaluateReference(by, current, environment);
  if (offset === null) return null;
  const target = rows[index + sign * Number(offset)];
  if (target !== undefined) return evaluateReference(value as Expr, target, environment);
  return otherwise === undefined ? null : evaluateReference(otherwise, current, environment);
}

function nthValue(position: Position, nth: Value, valueAt: (row: Row | undefined) => Value): Value {
  if (nth === null) return null;
  if (Number(nth) <= 0) throw failure('invalidNthArgument');
  return valueAt(position.frame()[Number(nth) - 1]);
}
