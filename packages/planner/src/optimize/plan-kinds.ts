import type { LogicalPlan, PlanKind } from '../plan/logical-plan.ts';
import { inputsOf } from '../plan/rewrite.ts';
import type { OptimizerRule } from './rule.ts';

/** One bit per kind: whether a rule has anything to do with a plan is asked for every rule of every statement. */
const BITS: Readonly<Record<PlanKind, number>> = Object.freeze({
  scan: 1 << 0,
  values: 1 << 1,
  memory: 1 << 2,
  'function-scan': 1 << 3,
  filter: 1 << 4,
  project: 1 << 5,
  join: 1 << 6,
  aggregate: 1 << 7,
  window: 1 << 8,
  distinct: 1 << 9,
  sort: 1 << 10,
  limit: 1 << 11,
  union: 1 << 12,
  apply: 1 << 13,
  insert: 1 << 14,
  extension: 1 << 15,
});

/** The kinds of node in a plan, as bits. */
export function kindsIn(plan: LogicalPlan): number {
  let bits = BITS[plan.kind];
  for (const input of inputsOf(plan)) bits |= kindsIn(input);
  return bits;
}

/** A rule with what it looks for, as bits. */
export interface PreparedRule {
  readonly rule: OptimizerRule;
  readonly on: number;
  /** 0: nothing beside `on`. */
  readonly needs: number;
}

/** Turns a rule's kinds into bits, once per optimizer. */
export function prepareRule(rule: OptimizerRule): PreparedRule {
  const bitsOf = (kinds: readonly PlanKind[]): number => kinds.reduce((bits, kind) => bits | BITS[kind], 0);
  return { rule, on: bitsOf(rule.on), needs: bitsOf(rule.needs ?? []) };
}

/** Whether a plan with these kinds holds what the rule looks for. */
export function canMeet({ on, needs }: PreparedRule, kinds: number): boolean {
  return (on & kinds) !== 0 && (needs === 0 || (needs & kinds) !== 0);
}
