import {
  assert,
  type Column,
  type ColumnId,
  columnsRead,
  type DataType,
  type Expr,
  formatType,
  isTextLike,
  operandsOf,
  sameType,
  typeOf,
} from '@millrace/core';
import { introducedColumns } from './column-labels.ts';
import { columnsOf } from './columns.ts';
import { exprsOf } from './expressions.ts';
import type { LogicalPlan, RowRange } from './logical-plan.ts';
import { printExpr } from './print-expr.ts';
import { inputsOf } from './rewrite.ts';
import { frameOffsets } from './window.ts';

/** Columns an expression may read, by id. */
type Scope = ReadonlyMap<ColumnId, Column>;

/** How much of a plan is looked at: only what the root produces, or every node. */
export type CheckLevel = 'schema' | 'full';

/**
 * Throws an AssertionError if the plan cannot be right. `schema`: the root's column ids are unique. `full`: every column that is read is
 * produced below or by an enclosing Apply, no id is introduced twice, types agree wherever two meet, predicates are boolean, ranges
 * are int8 without columns of their level, an Insert's fields are unique and produced. Callers name the rule they suspect.
 */
export function checkPlan(plan: LogicalPlan, level: CheckLevel): void {
  const root = columnsOf(plan).map((column) => column.id);
  assert(new Set(root).size === root.length, `the plan produces a column twice: ${root.join(', ')}`);
  if (level === 'schema') return;
  checkIds(plan, new Set());
  checkNode(plan, new Map());
}

/**
 * Throws an AssertionError unless `after` produces what `before` did: ids, order, types; nullability may only tighten. What the driver
 * checks after every rule.
 */
export function checkSameColumns(before: readonly Column[], after: readonly Column[]): void {
  if (before === after) return;
  const show = (columns: readonly Column[]): string =>
    columns.map((c) => `${c.name}#${c.id} ${formatType(c.type)}${c.nullable ? '' : ' not null'}`).join(', ');
  const same =
    before.length === after.length &&
    before.every((column, i) => {
      const other = after[i];
      if (other === undefined || column.id !== other.id || !sameType(column.type, other.type)) return false;
      return column.nullable || !other.nullable;
    });
  if (!same) assert(false, `columns changed from [${show(before)}] to [${show(after)}]`);
}

function checkIds(plan: LogicalPlan, seen: Set<ColumnId>): void {
  const passed = new Set<ColumnId>();
  if (plan.kind === 'project') {
    for (const { column, expr } of plan.assignments) {
      if (expr.kind === 'column' && expr.id === column.id) passed.add(column.id);
    }
  }
  for (const column of introducedColumns(plan)) {
    if (passed.has(column.id)) continue;
    assert(!seen.has(column.id), `column ${column.name}#${column.id} is introduced twice (${plan.kind})`);
    seen.add(column.id);
  }
  for (const input of inputsOf(plan)) checkIds(input, seen);
}

function checkNode(plan: LogicalPlan, outer: Scope): void {
  if (plan.kind === 'apply') {
    checkNode(plan.input, outer);
    checkNode(plan.subquery, scopeOf(outer, columnsOf(plan.input)));
  } else {
    for (const input of inputsOf(plan)) checkNode(input, outer);
  }
  const scope = scopeOf(outer, readable(plan));
  for (const expr of exprsOf(plan)) checkExpr(expr, scope, plan.kind);
  checkShape(plan, outer);
}

/** The columns a node's own expressions may read, beside the enclosing Applys'. */
function readable(plan: LogicalPlan): readonly Column[] {
  switch (plan.kind) {
    case 'scan':
      return [...plan.columns, ...plan.filterColumns];
    case 'apply':
      return plan.mode.kind === 'left'
        ? [...columnsOf(plan.input), ...columnsOf(plan.subquery)]
        : columnsOf(plan.input);
    default:
      return inputsOf(plan).flatMap((input) => columnsOf(input));
  }
}

function scopeOf(outer: Scope, columns: readonly Column[]): Scope {
  return new Map([...outer, ...columns.map((column) => [column.id, column] as const)]);
}

function checkExpr(expr: Expr, scope: Scope, where: string): void {
  if (expr.kind === 'column') {
    const column = scope.get(expr.id);
    assert(column !== undefined, `${where} reads column #${expr.id}, which nothing below produces`);
    checkType(column.type, expr.type, `${where}: column ${column.name}#${expr.id}`);
  }
  if (expr.kind === 'compare') {
    const [left, right] = [typeOf(expr.left), typeOf(expr.right)];
    const comparable = left.kind === right.kind || (isTextLike(left) && isTextLike(right));
    if (!comparable)
      assert(false, `${where} compares ${formatType(left)} with ${formatType(right)}: ${printExpr(expr)}`);
  }
  if (expr.kind === 'and' || expr.kind === 'or') checkBooleans(expr.operands, where);
  if (expr.kind === 'not') checkBooleans([expr.operand], where);
  for (const operand of operandsOf(expr)) checkExpr(operand, scope, where);
}

function checkBooleans(exprs: readonly Expr[], where: string): void {
  for (const expr of exprs) {
    // Printed only if it is wrong: most plans are right.
    if (typeOf(expr).kind !== 'bool') checkType(BOOL, typeOf(expr), `${where}: ${printExpr(expr)}`);
  }
}

const BOOL: DataType = Object.freeze({ kind: 'bool' });

function checkType(expected: DataType, actual: DataType, what: string): void {
  if (!sameType(expected, actual)) assert(false, `${what} is ${formatType(actual)}, expected ${formatType(expected)}`);
}

function checkRange(range: RowRange | null, outer: Scope, where: string): void {
  for (const expr of [range?.skip, range?.fetch]) {
    if (expr === null || expr === undefined) continue;
    assert(typeOf(expr).kind === 'int8', `${where}: the range ${printExpr(expr)} is not int8`);
    for (const id of columnsRead(expr)) assert(outer.has(id), `${where}: the range ${printExpr(expr)} reads a column`);
  }
}

function checkShape(plan: LogicalPlan, outer: Scope): void {
  switch (plan.kind) {
    case 'scan':
      checkScan(plan, outer);
      break;
    case 'values':
      for (const row of plan.rows) checkCells(row.map(typeOf), plan.columns, 'values');
      break;
    case 'memory':
      for (const batch of plan.batches) {
        checkCells(
          batch.vectors.map((vector) => vector.type),
          plan.columns,
          'memory',
        );
      }
      break;
    case 'filter':
      checkBooleans(plan.predicates, 'filter');
      break;
    case 'project':
      for (const { column, expr } of plan.assignments) checkType(column.type, typeOf(expr), `project: ${column.name}`);
      break;
    case 'join':
      checkBooleans(plan.on, 'join');
      break;
    case 'aggregate':
      checkAggregate(plan);
      break;
    case 'window':
      checkWindow(plan, outer);
      break;
    case 'sort': {
      const below = scopeOf(new Map(), columnsOf(plan.input));
      for (const { id } of plan.keys) assert(below.has(id), `sort by #${id}, which its input does not produce`);
      checkRange(plan.range, outer, 'sort');
      break;
    }
    case 'limit':
      checkRange(plan.range, outer, 'limit');
      break;
    case 'union':
      for (const input of plan.inputs) {
        checkCells(
          columnsOf(input).map((column) => column.type),
          plan.columns,
          'union',
        );
      }
      break;
    case 'apply':
      checkApply(plan);
      break;
    case 'insert':
      checkInsert(plan);
      break;
    case 'function-scan':
    case 'distinct':
    case 'extension':
      break;
    default:
      plan satisfies never;
  }
}

function checkScan(plan: Extract<LogicalPlan, { kind: 'scan' }>, outer: Scope): void {
  checkBooleans(plan.filters, 'scan');
  const own = new Set([...plan.columns, ...plan.filterColumns].map((column) => column.id));
  for (const id of plan.filters.flatMap((filter) => [...columnsRead(filter)])) {
    assert(own.has(id), `scan filters by #${id}, which is not its own column`);
  }
  checkRange(plan.range, outer, 'scan');
}

function checkAggregate(plan: Extract<LogicalPlan, { kind: 'aggregate' }>): void {
  const below = scopeOf(new Map(), columnsOf(plan.input));
  for (const id of plan.groupBy) {
    assert(below.has(id), `aggregate groups by #${id}, which its input does not produce`);
  }
  checkBooleans(
    plan.aggregations.flatMap((agg) => agg.filter ?? []),
    'aggregate filter',
  );
}

function checkWindow(plan: Extract<LogicalPlan, { kind: 'window' }>, outer: Scope): void {
  const below = scopeOf(new Map(), columnsOf(plan.input));
  for (const id of [...plan.partitionBy, ...plan.orderBy.map((key) => key.id)]) {
    assert(below.has(id), `window partitions or orders by #${id}, which its input does not produce`);
  }
  assert(plan.functions.length > 0, 'window without a function');
  checkBooleans(
    plan.functions.flatMap((call) => call.filter ?? []),
    'window filter',
  );
  const counts = plan.frame.mode !== 'range';
  for (const offset of frameOffsets(plan.frame)) {
    const shown = printExpr(offset);
    assert(!counts || typeOf(offset).kind === 'int8', `window: the offset ${shown} is not int8`);
    assert(counts || plan.orderBy.length === 1, `window: the range offset ${shown} needs one sort key`);
    for (const id of columnsRead(offset)) assert(outer.has(id), `window: the offset ${shown} reads a column`);
  }
}

function checkInsert(plan: Extract<LogicalPlan, { kind: 'insert' }>): void {
  const below = scopeOf(new Map(), columnsOf(plan.input));
  const names = new Set(plan.fields.map((field) => field.field));
  assert(names.size === plan.fields.length, `insert into ${plan.table.name} names a field twice`);
  for (const { field, source } of plan.fields) {
    assert(below.has(source), `insert: nothing produces #${source} for ${field}`);
  }
  if (plan.returned === undefined) return;
  assert(
    plan.returned.length === plan.fields.length,
    `insert into ${plan.table.name} returns other columns than it has`,
  );
  for (const [i, { source, field }] of plan.fields.entries()) {
    const [given, returned] = [below.get(source)?.type, plan.returned[i]?.type];
    assert(given && returned && sameType(given, returned), `insert returns ${field} as another type`);
  }
}

function checkApply(plan: Extract<LogicalPlan, { kind: 'apply' }>): void {
  const produced = columnsOf(plan.subquery);
  if (plan.mode.kind === 'scalar' || plan.mode.kind === 'array') {
    assert(produced.length === 1, `apply ${plan.mode.kind}: the subquery produces ${produced.length} columns`);
  }
  if (plan.mode.kind === 'quantified') {
    assert(
      produced.length === plan.mode.left.length,
      'apply: the row and the subquery have different numbers of columns',
    );
  }
  if (plan.mode.kind === 'left') checkBooleans(plan.mode.on, 'apply');
}

function checkCells(actual: readonly DataType[], columns: readonly Column[], where: string): void {
  assert(actual.length === columns.length, `${where}: ${actual.length} cells for ${columns.length} columns`);
  for (const [i, column] of columns.entries()) {
    const type = actual[i];
    if (type !== undefined) checkType(column.type, type, `${where}: ${column.name}`);
  }
}
