import type { PhysicalPlan } from '../physical/physical-plan.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { BindValues, RuleEvent } from './rule.ts';

/** One line of `SHOW millrace.rules`. */
export interface RuleInfo {
  readonly position: number;
  readonly name: string;
  /** `analyzer`, a logical phase, or `physical`. */
  readonly phase: string;
  readonly enabled: boolean;
  /** Analyzer passes cannot be switched off. */
  readonly switchable: boolean;
  readonly summary: string;
  /** What put it at its position. */
  readonly why: string;
}
/** How one plan is optimized. */
export interface RunOptions {
  /** Names from `disabledRules`; added to those the deployment disabled. */
  readonly disabled?: ReadonlySet<string>;
  /** The first column id that the statement's plan does not use yet. */
  readonly nextColumnId: number;
  /** EXPLAIN (RULES): also keep the plan's text before and after each rule that changed it. Default false: events without text. */
  readonly collectEvents?: boolean;
}
/** The same in phase `bind`, where values are known. */
export interface BindOptions extends RunOptions, BindValues {}
/** A plan after the rules, and what they did. */
export interface Optimized<P> {
  readonly plan: P;
  readonly events: readonly RuleEvent[];
  readonly nextColumnId: number;
}

/** An ordered, checked, frozen set of rules. Synchronous and pure: the clock only times the rules. */
export interface Optimizer {
  /** Every rule in the order it runs; `enabled` as the deployment configured it. */
  readonly rules: readonly RuleInfo[];
  /**
   * The rules a setting such as `a,b` or `all` names. Unknown names are refused with "did you mean", analyzer passes as not switchable
   * (22023 both).
   */
  disabledRules(setting: string): ReadonlySet<string>;
  /** Analyzer passes, once each, in order. A failing pass fails the statement, whatever `onRuleError` says. */
  analyze(plan: LogicalPlan, options: RunOptions): Optimized<LogicalPlan>;
  /** Phases normalize to finish. */
  optimize(plan: LogicalPlan, options: RunOptions): Optimized<LogicalPlan>;
  /** Whether `bind` could change the plan for some values; else the physical plan of prepare serves every execution. */
  needsBinding(plan: LogicalPlan, disabled?: ReadonlySet<string>): boolean;
  /** Phase bind: rules that see values. */
  bind(plan: LogicalPlan, options: BindOptions): Optimized<LogicalPlan>;
  /** Lowers, then runs the physical rules. */
  physical(plan: LogicalPlan, options: RunOptions): Optimized<PhysicalPlan>;
}
