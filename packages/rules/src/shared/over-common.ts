import { type Column, columnsRead, type Expr, typeOf } from '@millrace/core';
import {
  type Assignment,
  columnExpr,
  columnsOf,
  exprsOf,
  type LogicalPlan,
  mapExprs,
  type PlanOf,
  type RuleContext,
} from '@millrace/planner';
import { withColumns } from './common-subexpressions.ts';

/** The nodes whose lists of expressions may share parts. */
export type ComputingNode = PlanOf<'project'> | PlanOf<'aggregate'> | PlanOf<'filter'>;

/** The node over a Project that computes the common expressions beside the columns that the node needs. */
export function overCommon(node: ComputingNode, common: readonly Expr[], context: RuleContext): LogicalPlan {
  const computed = common.map((expr) => ({
    column: context.newColumn({ name: 'common', type: typeOf(expr), nullable: true }),
    expr,
  }));
  const rewritten = mapExprs(node, (expr) => withColumns(expr, computed)) as ComputingNode;
  const read = new Set(node.kind === 'aggregate' ? node.groupBy : []);
  for (const expr of exprsOf(rewritten)) columnsRead(expr, read);
  const kept = columnsOf(node.input).filter((column) => node.kind === 'filter' || read.has(column.id));
  const input: LogicalPlan = { kind: 'project', input: node.input, assignments: [...kept.map(handedOn), ...computed] };
  if (rewritten.kind !== 'filter') return { ...rewritten, input };
  return { kind: 'project', input: { ...rewritten, input }, assignments: kept.map(handedOn) };
}

function handedOn(column: Column): Assignment {
  return { column, expr: columnExpr(column) };
}
