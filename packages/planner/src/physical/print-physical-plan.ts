import type { DataType, Expr } from '@millrace/core';
import { physicalLabels, type ShowIds } from '../plan/column-labels.ts';
import { type ColumnLabel, functionName, printExpr } from '../plan/print-expr.ts';
import { type FactPrinter, factPrinter, printTable, rowCountOf } from '../plan/print-facts.ts';
import type { OperatorStats, PlanStats } from './operator-stats.ts';
import type { DirectCell, PhysicalPlan } from './physical-plan.ts';
import { physicalInputs } from './rewrite-physical.ts';

/** How a physical plan is printed. */
export interface PrintPhysicalOptions {
  /** Default `ambiguous`. */
  readonly ids?: ShowIds;
  /** EXPLAIN ANALYZE: what each operator did. */
  readonly stats?: PlanStats;
}

/**
 * A physical plan as EXPLAIN shows it: one operator a line, inputs below it behind `->`, with statistics where given.
 *
 *   Top-K n desc limit 10  (rows=10 batches=1 time=0.412 ms)
 *     ->  Hash Aggregate by name: count(*) AS n  (rows=31 batches=1 time=0.398 ms)
 *           ->  Table Scan on events [name] filter project_id = 'p1'  (rows=512 batches=1 time=0.201 ms)
 */
export function printPhysicalPlan(plan: PhysicalPlan, options: PrintPhysicalOptions = {}): string {
  const label = physicalLabels(plan, options.ids ?? 'ambiguous', physicalInputs);
  const facts = factPrinter(label);
  const lines: string[] = [];
  const visit = (node: PhysicalPlan, depth: number): void => {
    const stats = options.stats?.[lines.length];
    const indent = depth === 0 ? '' : `${' '.repeat(depth * 6 - 4)}->  `;
    lines.push(`${indent}${printOperator(node, facts, label)}${stats === undefined ? '' : `  ${printStats(stats)}`}`);
    for (const input of physicalInputs(node)) visit(input, depth + 1);
  };
  visit(plan, 0);
  return lines.join('\n');
}

function printStats(stats: OperatorStats): string {
  if (stats.loops === 0) return '(never executed)';
  const loops = stats.loops === 1 ? '' : ` loops=${stats.loops}`;
  const detail = stats.detail === null || stats.detail === '' ? '' : ` [${stats.detail}]`;
  return `(rows=${stats.rows} batches=${stats.batches} time=${(stats.micros / 1000).toFixed(3)} ms${loops})${detail}`;
}

function printOperator(plan: PhysicalPlan, facts: FactPrinter, label: ColumnLabel): string {
  switch (plan.op) {
    case 'table-scan':
      return [
        `Table Scan on ${printTable(plan.table)} ${facts.columns(plan.scanColumns)}`,
        plan.filters.length > 0 ? ` filter ${facts.exprs(plan.filters)}` : '',
        plan.range === null ? '' : ` limit ${facts.range(plan.range)}`,
      ].join('');
    case 'values':
      return `Values ${facts.columns(plan.columns)} ${facts.rows(plan.rows)}`.trimEnd();
    case 'memory-scan':
      return `Memory Scan ${facts.columns(plan.columns)} ${rowCountOf(plan.batches)} rows`;
    case 'function-scan':
      return `Function Scan ${functionName(plan.fn)}(${facts.exprs(plan.args)}) ${facts.columns(plan.columns)}`;
    case 'filter':
      return `Filter ${facts.exprs(plan.predicates)}`;
    case 'project':
      return `Project ${facts.assignments(plan.assignments)}`.trimEnd();
    case 'hash-join': {
      const keys = plan.keys.map(({ op, left, right }) => printExpr({ kind: 'compare', op, left, right }, label));
      const residual = plan.residual.length > 0 ? ` filter ${facts.exprs(plan.residual)}` : '';
      return `Hash Join ${plan.type} on ${keys.join(', ')}${residual}`;
    }
    case 'null-aware-anti-join': {
      const equal = plan.keys.map(({ op, left, right }) => printExpr({ kind: 'compare', op, left, right }, label));
      const maybe = plan.maybeKeys.map(
        ({ left, right }) => `${printExpr({ kind: 'compare', op: '=', left, right }, label)} or unknown`,
      );
      const residual = plan.residual.length > 0 ? ` filter ${facts.exprs(plan.residual)}` : '';
      return `Null-Aware Anti Join on ${[...equal, ...maybe].join(', ')}${residual}`;
    }
    case 'nested-loop-join':
      return `Nested Loop Join ${plan.type}${plan.on.length > 0 ? ` on ${facts.exprs(plan.on)}` : ''}`;
    case 'hash-aggregate': {
      const groups = plan.groupBy.length > 0 ? ` by ${plan.groupBy.map(label).join(', ')}` : '';
      return `Hash Aggregate${groups}${plan.aggregations.length > 0 ? `: ${facts.aggregations(plan.aggregations)}` : ''}`;
    }
    case 'window':
      return `Window${facts.window(plan)}`;
    case 'hash-distinct':
      return 'Hash Distinct';
    case 'sort':
      return `Sort ${facts.keys(plan.keys)}`;
    case 'top-k':
      return `Top-K ${facts.keys(plan.keys)} limit ${facts.range(plan.range)}`;
    case 'limit':
      return `Limit ${facts.range(plan.range)}`;
    case 'union-all':
      return `Union All ${facts.columns(plan.columns)}`;
    case 'apply':
      return `Apply ${facts.mode(plan.mode)}`;
    case 'insert':
      return `Insert into ${printTable(plan.table)} (${plan.fields.map((field) => field.field).join(', ')})${facts.returned(plan.columns)}`;
    case 'direct-insert':
      return `Direct Insert into ${printTable(plan.table)} (${plan.fields.map((field) => field.field).join(', ')}) ${facts.rows(plan.rows.map((row) => row.map((cell, i) => cellExpr(cell, plan.fields[i]?.type))))}${facts.returned(plan.columns)}`;
    case 'extension':
      return `${plan.node.name} ${facts.columns(plan.node.columns)} ${facts.exprs(plan.node.exprs)}`.trimEnd();
    default:
      return plan satisfies never;
  }
}

function cellExpr(cell: DirectCell, type: DataType | undefined): Expr {
  const known = type ?? { kind: 'unknown' };
  switch (cell.kind) {
    case 'parameter':
      return { kind: 'parameter', index: cell.index, type: known };
    case 'literal':
      return { kind: 'literal', value: cell.value, type: known };
    case 'expr':
      return cell.expr;
    default:
      return cell satisfies never;
  }
}
