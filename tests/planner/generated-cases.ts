import {
  ByteWriter,
  type Expr,
  encodeBinary,
  type ParameterValue,
  rewriteExprUp,
  standardFunctions,
  vectorFromValues,
} from '@millrace/core';
import {
  createOptimizer,
  type LogicalPlan,
  mapExprs,
  type Optimizer,
  type PhysicalPlan,
  type PlanKind,
  rewriteUp,
  type SwitchableRule,
} from '@millrace/planner';
import { bindValuesOf, type PlanCase } from '@millrace/testkit';

/** Shapes that reach every node and what rules look for above it. */
export const SHAPES: readonly (readonly PlanKind[])[] = [
  ['filter'],
  ['project'],
  ['join'],
  ['aggregate'],
  ['sort'],
  ['distinct'],
  ['limit'],
  ['union'],
  ['apply'],
  ['window'],
  ['extension'],
  ['filter', 'join'],
  ['filter', 'apply'],
  ['filter', 'project'],
  ['filter', 'union'],
  ['filter', 'aggregate'],
  ['limit', 'union'],
  ['limit', 'project', 'sort'],
  ['project', 'join', 'join'],
  ['distinct', 'aggregate'],
];

/** An optimizer of these rules, registered in this order, that checks every plan and fails where a phase does not settle. */
export function optimizerOf(rules: readonly SwitchableRule[], verify: 'full' | 'schema' = 'full'): Optimizer {
  return createOptimizer({ rules, functions: standardFunctions, verify, clock: { monotonicMs: () => 0 } });
}

/** A case's plan through all phases, with its values. */
export function optimizeCase(
  optimizer: Optimizer,
  subject: PlanCase,
): { readonly logical: LogicalPlan; readonly physical: PhysicalPlan } {
  let { plan, nextColumnId } = optimizer.optimize(subject.plan, { nextColumnId: subject.nextColumnId });
  if (optimizer.needsBinding(plan)) {
    ({ plan, nextColumnId } = optimizer.bind(plan, { nextColumnId, ...bindValuesOf(subject) }));
  }
  return { logical: plan, physical: optimizer.physical(plan, { nextColumnId }).plan };
}

/** The rules that still changed the plan in the last passes of a phase that did not settle; null if all settled. */
export function fightingRules(rules: readonly SwitchableRule[], subject: PlanCase): string | null {
  const optimizer = optimizerOf(rules, 'schema');
  const { events } = optimizer.optimize(subject.plan, { nextColumnId: subject.nextColumnId });
  const stop = events.find((event) => event.error !== null);
  if (stop === undefined) return null;
  const last = events.filter(({ phase, pass, changed }) => changed && phase === stop.phase && pass > stop.pass - 2);
  return `${[...new Set(last.map((event) => event.rule))].join(' and ')} in phase ${stop.phase}: ${stop.error}`;
}

/** The same query with a parameter in the place of every literal. */
export function withParameters(subject: PlanCase): PlanCase {
  const parameters = [...subject.parameters];
  const parameter = (expr: Expr): Expr => {
    if (expr.kind !== 'literal') return expr;
    parameters.push({ type: expr.type, value: expr.value, asBytes: parameters.length % 2 === 0 });
    return { kind: 'parameter', index: parameters.length, type: expr.type };
  };
  const plan = rewriteUp(subject.plan, (node) => mapExprs(node, (expr) => rewriteExprUp(expr, parameter)));
  return { ...subject, plan, parameters };
}

/** Parameters as a client sends them in binary. */
export function binaryParameters({ parameters }: PlanCase): readonly ParameterValue[] {
  return parameters.map(({ type, value }) => {
    if (value === null) return null;
    const writer = new ByteWriter();
    encodeBinary(vectorFromValues(type, [value]), 0, writer);
    return { kind: 'bytes', bytes: writer.take(), format: 1 };
  });
}
