import {
  assert,
  type Column,
  type ColumnId,
  type CompareOp,
  type DataType,
  type Expr,
  type FormatSettings,
  typeOf,
  types,
  type Value,
  type Volatility,
} from '@millrace/core';
import {
  applyRule,
  type BindValues,
  checkPlan,
  checkSameColumns,
  columnExpr,
  columnsOf,
  type LogicalPlan,
  literalExpr,
  type OptimizerRule,
  type PlanOf,
  planDigest,
  printPlan,
  type RuleContext,
} from '@millrace/planner';

// Columns, tables and expressions for tests that build plans by hand.
let nextId = 1;

/** A fresh column. */
export function newColumn(name: string, type: DataType = types.int4, nullable = true): Column {
  return { id: nextId++ as ColumnId, name, type, nullable };
}

/** A scan of all the given columns, whose fields have the columns' names. */
export function scanOf(name: string, ...columns: readonly Column[]): PlanOf<'scan'> {
  return {
    kind: 'scan',
    table: { tableId: name, schemaId: 1, schemaName: 'public', name },
    columns: columns.map((column) => ({ ...column, field: column.name })),
    filters: [],
    range: null,
    filterColumns: [],
  };
}

/** An int4 literal. */
export const int = (value: number): Expr => literalExpr(value, types.int4);
/** A text literal. */
export const text = (value: Value): Expr => literalExpr(value, types.text);
/** A bool literal. */
export const bool = (value: boolean | null): Expr => literalExpr(value, types.bool);
/** An int8 literal, for ranges. */
export const rows = (count: number): Expr => literalExpr(BigInt(count), types.int8);
/** `$index`. */
export const parameter = (index: number, type: DataType = types.int4): Expr => ({ kind: 'parameter', index, type });

/** `left op right`; columns may stand for themselves. */
export function compare(left: Column | Expr, op: CompareOp, right: Column | Expr): Expr {
  return { kind: 'compare', op, left: asExpr(left), right: asExpr(right) };
}
/** NOT. */
export const not = (operand: Expr): Expr => ({ kind: 'not', operand });
/** AND. */
export const and = (...operands: readonly Expr[]): Expr => ({ kind: 'and', operands });
/** OR. */
export const or = (...operands: readonly Expr[]): Expr => ({ kind: 'or', operands });
/** A cast. */
export const cast = (operand: Expr, type: DataType, context: 'assignment' | 'explicit' = 'explicit'): Expr => ({
  kind: 'cast',
  operand,
  type,
  context,
});

/** A call of a made-up function that returns its argument's type. */
export function call(
  arg: Column | Expr,
  facts: { readonly mayFail?: boolean; readonly volatility?: Volatility } = {},
): Expr {
  const { mayFail = false, volatility = 'immutable' } = facts;
  const expr = asExpr(arg);
  return { kind: 'call', fn: { id: 'f(x)', volatility, mayFail, strict: true }, args: [expr], type: typeOf(expr) };
}
/** `f(x) > 0`, which may fail. */
export const fallible = (column: Column): Expr => compare(call(column, { mayFail: true }), '>', int(0));

function asExpr(value: Column | Expr): Expr {
  return 'kind' in value ? value : columnExpr(value);
}

const FORMAT: FormatSettings = Object.freeze({
  timeZone: 'UTC',
  dateStyle: 'ISO',
  intervalStyle: 'postgres',
  byteaOutput: 'hex',
  extraFloatDigits: 1,
});

/** Values for the phase `bind`. */
export function bindValues(...parameters: readonly Value[]): BindValues {
  return {
    parameters: parameters.map((value) => (value === null ? null : { kind: 'value', value })),
    format: FORMAT,
    transactionMicros: 0n,
  };
}

/** A context that collects notes. */
export function contextOf(binding: BindValues | null, notes: string[] = []): RuleContext {
  return {
    newColumn: (like) => ({ ...like, id: nextId++ as ColumnId }),
    note: (reason) => void notes.push(reason),
    functions: { overloads: () => [], byId: () => undefined },
    binding,
  };
}

/**
 * Runs a rule once over a plan and keeps it to the laws: the plan is not mutated, the result is a right plan with the same columns, a
 * second run leaves it as it is. Returns the result.
 */
export function rewritten(rule: unknown, plan: LogicalPlan, binding: BindValues | null = null): LogicalPlan {
  checkPlan(plan, 'full');
  const logical = rule as OptimizerRule;
  const frozen = deepFreeze(plan);
  const digest = planDigest(frozen);
  const result = applyRule(logical, frozen, contextOf(binding)).plan;
  assert(planDigest(frozen) === digest, 'the rule mutated its input');
  checkPlan(result, 'full');
  checkSameColumns(columnsOf(plan), columnsOf(result));
  const again = applyRule(logical, deepFreeze(result), contextOf(binding)).plan;
  assert(again === result, `a second run changed the plan again:\n${printPlan(again)}`);
  return result;
}

/** The same as text without ids. */
export function rewrittenText(rule: unknown, plan: LogicalPlan, binding: BindValues | null = null): string {
  return printPlan(rewritten(rule, plan, binding), { ids: 'never' });
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}
