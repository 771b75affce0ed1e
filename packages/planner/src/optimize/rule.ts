import type { Column, DataType, FormatSettings, FunctionCatalog, ParameterValue, Value } from '@millrace/core';
import type { PhysicalPlan } from '../physical/physical-plan.ts';
import type { LogicalPlan, PlanKind, PlanOf } from '../plan/logical-plan.ts';

/** Logical phases in the order they run. `bind` runs at execution, when parameters are known; the others at prepare. */
export const LOGICAL_PHASES: readonly ['normalize', 'simplify', 'pushdown', 'prune', 'finish', 'bind'] = Object.freeze([
  'normalize',
  'simplify',
  'pushdown',
  'prune',
  'finish',
  'bind',
] as const);
/** The phases of logical rules, in their order. */
export type LogicalPhase = (typeof LOGICAL_PHASES)[number];

/** One object per rule run. Everything in it is a function of the statement (and, in phase `bind`, of the values). */
export interface RuleContext {
  newColumn(like: { readonly name: string; readonly type: DataType; readonly nullable: boolean }): Column;
  /** Why the rule declined: shows up in EXPLAIN (RULES) and in the kit's coverage report. */
  note(reason: string): void;
  readonly functions: FunctionCatalog;
  /** Only in phase `bind`, else null. */
  readonly binding: BindValues | null;
}
/** What is known at execution and not before. */
export interface BindValues {
  readonly parameters: readonly ParameterValue[];
  readonly format: FormatSettings;
  /** For text such as 'now' or 'today' in a cast: start of the transaction, microseconds since 1970 UTC. */
  readonly transactionMicros: bigint;
}

/** What stays equal. A rule departs from the defaults only here, in the open. */
export interface EquivalenceContract {
  /** bag (default): same multiset; sequence where the root is ordered. any-valid-limit: a valid choice under a limit without total order. */
  readonly rows: 'bag' | 'any-valid-limit';
  /** may-remove (default): an expression may be no longer evaluated. same: same SQLSTATE. */
  readonly errors: 'same' | 'may-remove';
  readonly floats: 'exact' | { readonly relative: number };
  readonly nullability: 'same' | 'may-tighten';
}
/** SQL whose plan the rule changes as shown, or leaves alone. Examples are documentation and run as tests. */
export interface RuleExample {
  readonly title: string;
  /** On the fixture tables a(k int4, x int4), b(k int4, y int4), c(k int4, t text). */
  readonly sql: string;
  /** Values of $1, $2 ... for rules of the phase `bind`. */
  readonly parameters?: readonly Value[];
  /** Plans as printed with `ids: 'never'`, made without other rules. */
  readonly before: string;
  readonly after: string | 'unchanged';
}
interface RuleBase {
  readonly name: string;
  readonly summary: string;
  readonly after?: readonly string[];
  readonly before?: readonly string[];
  readonly contract?: Partial<EquivalenceContract>;
  readonly examples: readonly RuleExample[];
}
/** Rewrites one node into an equivalent one. Pure and synchronous. */
export interface OptimizerRule<K extends PlanKind = PlanKind> extends RuleBase {
  readonly stage: 'logical';
  readonly phase: LogicalPhase;
  readonly on: readonly K[];
  /**
   * Kinds of which a plan must hold one, beside a node of `on`, for any rewrite: a rule that moves filters into joins has nothing to do in a plan
   * without joins, and is then not run. Left out: no such condition. Checked with `verify: 'full'`.
   */
  readonly needs?: readonly PlanKind[];
  /** up: inputs first. down: the node first. */
  readonly order: 'up' | 'down';
  /**
   * Phase `bind` only: whether the rule could change this plan for some values. Asked once per prepared plan, so that a statement no bind rule
   * cares for skips the phase; must be true whenever a rewrite could happen, also one that an earlier bind rule makes possible.
   */
  couldApply?(plan: LogicalPlan): boolean;
  /** Returns `node` itself for "no change"; never mutates; never rebuilds an equal node. */
  rewrite(node: PlanOf<K>, context: RuleContext): LogicalPlan;
}
/** Chooses how to run. Sees each node bottom-up; same laws. */
export interface PhysicalRule extends RuleBase {
  readonly stage: 'physical';
  rewritePhysical(node: PhysicalPlan, context: RuleContext): PhysicalPlan;
}
/** May change meaning; runs once, before the rules; cannot be disabled by a session. */
export interface AnalyzerRule extends RuleBase {
  readonly stage: 'analyzer';
  analyze(plan: LogicalPlan, context: RuleContext): LogicalPlan;
}
/** What a session may switch off. Every OptimizerRule<K> is one: its `rewrite` is only called with the kinds in `on`. */
export type SwitchableRule = OptimizerRule | PhysicalRule;
export type AnyRule = SwitchableRule | AnalyzerRule;

/** Makes a frozen logical rule; `on` types the node that `rewrite` gets. */
export function defineRule<const K extends PlanKind>(rule: Omit<OptimizerRule<K>, 'stage'>): OptimizerRule<K> {
  return Object.freeze({ ...rule, stage: 'logical' as const });
}
/** Makes a frozen physical rule. */
export function definePhysicalRule(rule: Omit<PhysicalRule, 'stage'>): PhysicalRule {
  return Object.freeze({ ...rule, stage: 'physical' as const });
}
/** Makes a frozen analyzer pass. */
export function defineAnalyzerRule(rule: Omit<AnalyzerRule, 'stage'>): AnalyzerRule {
  return Object.freeze({ ...rule, stage: 'analyzer' as const });
}

/** One run of one rule over the whole plan. `before`/`after` are printed plans, only when it changed something. */
export interface RuleEvent {
  readonly phase: string;
  readonly pass: number;
  readonly rule: string;
  readonly changed: boolean;
  readonly before: string | null;
  readonly after: string | null;
  readonly micros: number;
  readonly notes: readonly string[];
  /** Why the rule was skipped (`onRuleError: 'skip'`) or the phase was stopped; else null. */
  readonly error: string | null;
}
