import type { Column, Expr, RecordBatch } from '@millrace/core';
import type { Aggregation, ApplyMode, Assignment, PlanOf, RowRange, SortKey, TableRef } from './logical-plan.ts';
import { type ColumnLabel, functionName, printExpr } from './print-expr.ts';
import { printFrame } from './window.ts';

/** Pieces of a plan line that logical and physical plans print alike. */
export interface FactPrinter {
  readonly columns: (columns: readonly Column[]) => string;
  /** What an insert gives back, behind what it inserts into; nothing if it gives nothing back. */
  readonly returned: (columns: readonly Column[] | undefined) => string;
  readonly exprs: (exprs: readonly Expr[]) => string;
  readonly keys: (keys: readonly SortKey[]) => string;
  readonly range: (range: RowRange) => string;
  readonly assignments: (assignments: readonly Assignment[]) => string;
  readonly aggregations: (aggregations: readonly Aggregation[]) => string;
  readonly window: (window: WindowFacts) => string;
  readonly rows: (rows: readonly (readonly Expr[])[]) => string;
  readonly mode: (mode: ApplyMode) => string;
}

/** What logical and physical windows have in common. */
type WindowFacts = Pick<PlanOf<'window'>, 'partitionBy' | 'orderBy' | 'frame' | 'functions'>;

const ROWS_SHOWN = 3;

/** The pieces, with columns named by `label`. */
export function factPrinter(label: ColumnLabel): FactPrinter {
  const expr = (e: Expr): string => printExpr(e, label);
  const count = (e: Expr): string => {
    const inner = e.kind === 'cast' ? e.operand : e;
    return inner.kind === 'literal' && inner.value !== null ? String(inner.value) : expr(inner);
  };
  const exprs = (list: readonly Expr[]): string => list.map(expr).join(', ');
  const aggregation = (agg: Aggregation): string => {
    const name = functionName(agg.fn);
    const args = agg.args.length === 0 ? '*' : exprs(agg.args);
    const order = agg.orderBy.map((key) => `${expr(key.expr)}${direction(key)}`).join(', ');
    const filter = agg.filter === null ? '' : ` FILTER (${expr(agg.filter)})`;
    const inner = `${agg.isDistinct ? 'DISTINCT ' : ''}${args}${order === '' ? '' : ` ORDER BY ${order}`}`;
    return `${name}(${inner})${filter} AS ${label(agg.column.id)}`;
  };
  return {
    columns: (columns) => `[${columns.map((column) => label(column.id)).join(', ')}]`,
    returned: (columns = []) =>
      columns.length === 0 ? '' : ` returning [${columns.map((column) => label(column.id)).join(', ')}]`,
    exprs,
    keys: (keys) => keys.map((key) => `${label(key.id)}${direction(key)}`).join(', '),
    range: (range) =>
      [range.fetch === null ? '' : count(range.fetch), range.skip === null ? '' : `offset ${count(range.skip)}`]
        .filter((part) => part !== '')
        .join(' ') || 'all',
    assignments: (assignments) =>
      assignments
        .map(({ column, expr: value }) => {
          const [source, name] = [expr(value), label(column.id)];
          return value.kind === 'column' && source === name ? name : `${source} AS ${name}`;
        })
        .join(', '),
    aggregations: (aggregations) => aggregations.map(aggregation).join(', '),
    window: (window) => printWindow(window, label),
    rows: (rows) => {
      const shown = rows.slice(0, ROWS_SHOWN).map((row) => `(${exprs(row)})`);
      return rows.length > ROWS_SHOWN ? `${shown.join(', ')}, ... ${rows.length} rows` : shown.join(', ');
    },
    mode: (mode) => printMode(mode, label, exprs),
  };
}

function printMode(mode: ApplyMode, label: ColumnLabel, exprs: (list: readonly Expr[]) => string): string {
  switch (mode.kind) {
    case 'scalar':
    case 'exists':
    case 'array':
      return `${mode.kind} AS ${label(mode.output.id)}`;
    case 'quantified':
      return `(${exprs(mode.left)}) ${mode.op} ${mode.quantifier} AS ${label(mode.output.id)}`;
    case 'cross':
      return 'cross';
    case 'left':
      return mode.on.length === 0 ? 'left' : `left on ${exprs(mode.on)}`;
    default:
      return mode satisfies never;
  }
}

/** ` partition by k order by x desc rows between ...: rank() AS rank, sum(x) AS sum` */
function printWindow(window: WindowFacts, label: ColumnLabel): string {
  const expr = (e: Expr): string => printExpr(e, label);
  const calls = window.functions.map(({ column, fn, args, filter }) => {
    const list = fn.endsWith('(*)') ? '*' : args.map(expr).join(', ');
    return `${functionName(fn)}(${list})${filter === null ? '' : ` FILTER (${expr(filter)})`} AS ${label(column.id)}`;
  });
  const keys = window.orderBy.map((key) => `${label(key.id)}${direction(key)}`);
  const parts = [
    window.partitionBy.length === 0 ? '' : ` partition by ${window.partitionBy.map(label).join(', ')}`,
    keys.length === 0 ? '' : ` order by ${keys.join(', ')}`,
    printFrame(window.frame, expr).replace(/^(?=.)/, ' '),
  ];
  return `${parts.join('')}: ${calls.join(', ')}`;
}

/** ` desc`, ` nulls first` ... where it differs from SQL's default. */
function direction(key: { readonly descending: boolean; readonly nullsFirst: boolean }): string {
  const nulls = key.nullsFirst === key.descending ? '' : key.nullsFirst ? ' nulls first' : ' nulls last';
  return `${key.descending ? ' desc' : ''}${nulls}`;
}

/** `schema.name`, without the schema `public`. */
export function printTable(table: TableRef): string {
  return table.schemaName === 'public' ? table.name : `${table.schemaName}.${table.name}`;
}

/** The rows of all batches. */
export function rowCountOf(batches: readonly RecordBatch[]): number {
  return batches.reduce((sum, batch) => sum + batch.rowCount, 0);
}
