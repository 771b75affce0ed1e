import { logicalLabels, type ShowIds } from './column-labels.ts';
import type { LogicalPlan } from './logical-plan.ts';
import { type FactPrinter, factPrinter, printTable, rowCountOf } from './print-facts.ts';
import { inputsOf } from './rewrite.ts';

/** How a plan is printed. */
export interface PrintOptions {
  /** Default `ambiguous`. */
  readonly ids?: ShowIds;
}

/**
 * A logical plan as text: one node a line, inputs indented by two spaces below it. Stable: equal plans print equally.
 *
 *   Limit 10
 *     Sort n desc
 *       Aggregate by name: count(*) AS n
 *         Filter project_id = 'p1'
 *           Scan events [project_id, name]
 */
export function printPlan(plan: LogicalPlan, options: PrintOptions = {}): string {
  const facts = factPrinter(logicalLabels(plan, options.ids ?? 'ambiguous'));
  const lines: string[] = [];
  const visit = (node: LogicalPlan, depth: number): void => {
    lines.push(`${'  '.repeat(depth)}${printNode(node, facts)}`);
    for (const input of inputsOf(node)) visit(input, depth + 1);
  };
  visit(plan, 0);
  return lines.join('\n');
}

function printNode(plan: LogicalPlan, facts: FactPrinter): string {
  switch (plan.kind) {
    case 'scan':
      return [
        `Scan ${printTable(plan.table)} ${facts.columns(plan.columns)}`,
        plan.filters.length > 0 ? ` filter ${facts.exprs(plan.filters)}` : '',
        plan.range === null ? '' : ` limit ${facts.range(plan.range)}`,
      ].join('');
    case 'values':
      return `Values ${facts.columns(plan.columns)} ${facts.rows(plan.rows)}`.trimEnd();
    case 'memory':
      return `Memory ${facts.columns(plan.columns)} ${rowCountOf(plan.batches)} rows`;
    case 'function-scan': {
      const columns = plan.ordinality === null ? plan.columns : [...plan.columns, plan.ordinality];
      return `Function ${plan.fn.replace(/\(.*$/, '')}(${facts.exprs(plan.args)}) ${facts.columns(columns)}`;
    }
    case 'filter':
      return `Filter ${facts.exprs(plan.predicates)}`;
    case 'project':
      return `Project ${facts.assignments(plan.assignments)}`.trimEnd();
    case 'join':
      return `Join ${plan.type}${plan.on.length > 0 ? ` on ${facts.exprs(plan.on)}` : ''}`;
    case 'aggregate': {
      const by = plan.groupBy.map((id) => ({ id, descending: false, nullsFirst: false }));
      const groups = by.length > 0 ? ` by ${facts.keys(by)}` : '';
      return `Aggregate${groups}${plan.aggregations.length > 0 ? `: ${facts.aggregations(plan.aggregations)}` : ''}`;
    }
    case 'window':
      return `Window${facts.window(plan)}`;
    case 'distinct':
      return 'Distinct';
    case 'sort':
      return `Sort ${facts.keys(plan.keys)}${plan.range === null ? '' : ` limit ${facts.range(plan.range)}`}`;
    case 'limit':
      return `Limit ${facts.range(plan.range)}`;
    case 'union':
      return `Union all ${facts.columns(plan.columns)}`;
    case 'apply':
      return `Apply ${facts.mode(plan.mode)}`;
    case 'insert':
      return `Insert into ${printTable(plan.table)} (${plan.fields.map((field) => field.field).join(', ')})${facts.returned(plan.returned)}`;
    case 'extension':
      return `${plan.node.name} ${facts.columns(plan.node.columns)} ${facts.exprs(plan.node.exprs)}`.trimEnd();
    default:
      return plan satisfies never;
  }
}
