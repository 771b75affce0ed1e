import { types } from '@millrace/core';
import { columnsOf, type ExtensionNode, type LogicalPlan } from '@millrace/planner';
import type { Choices } from './gene.ts';
import { predicateList } from './predicates.ts';
import type { PlanScope } from './scope.ts';

/**
 * The name of the kit's own extension node, for rules that must leave nodes alone that they do not know.
 *
 *   Extension testkit-copies [copies n; predicate]   each row n times if the predicate is TRUE, else once; columns: the input's, and
 *     Input                                          `copy`, the copy's number from 1
 */
export const COPIES_NODE = 'testkit-copies';

/** A `testkit-copies` over the input. It reads its input's columns by position, so no rule may take one away. */
export function generateExtension(choices: Choices, scope: PlanScope, input: LogicalPlan): LogicalPlan {
  const columns = columnsOf(input);
  const [predicate] = predicateList(choices, scope, columns);
  const node: ExtensionNode = {
    name: COPIES_NODE,
    columns: [...columns.map(({ name, type }) => scope.newColumn(name, type)), scope.newColumn('copy', types.int4)],
    exprs: predicate === undefined ? [] : [predicate],
    properties: { copies: choices.pick(3) },
  };
  return { kind: 'extension', node, inputs: [input] };
}
