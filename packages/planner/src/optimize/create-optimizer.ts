import { type Clock, type FunctionCatalog, failure } from '@millrace/core';
import { lower } from '../physical/lower.ts';
import type { PhysicalPlan } from '../physical/physical-plan.ts';
import { printPhysicalPlan } from '../physical/print-physical-plan.ts';
import { rewritePhysicalUp } from '../physical/rewrite-physical.ts';
import { checkPlan, checkSameColumns } from '../plan/check-plan.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { somePlan } from '../plan/rewrite.ts';
import type { Optimized, Optimizer, RuleInfo, RunOptions } from './optimizer.ts';
import { type OrderedRule, type OrderOverrides, orderRules, requireKnownRule } from './order-rules.ts';
import { prepareRule } from './plan-kinds.ts';
import {
  type AnalyzerRule,
  type AnyRule,
  type BindValues,
  LOGICAL_PHASES,
  type LogicalPhase,
  type OptimizerRule,
  type PhysicalRule,
  type SwitchableRule,
} from './rule.ts';
import { RuleSession, type VerifyLevel } from './rule-run.ts';
import { printWithIds, runPhase } from './run-phase.ts';

/** What `createOptimizer` is told. */
export interface OptimizerOptions {
  /** Registration order; see `orderRules`. */
  readonly rules: readonly SwitchableRule[];
  readonly analyzers?: readonly AnalyzerRule[];
  readonly order?: OrderOverrides;
  /** Rules the deployment switches off; unknown names are refused (F0000). */
  readonly disabled?: Iterable<string>;
  /** Default `schema`. */
  readonly verify?: VerifyLevel;
  /** Default `fail`. `skip` goes on with the plan as it was and says so in the event. */
  readonly onRuleError?: 'fail' | 'skip';
  readonly functions: FunctionCatalog;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

const PREPARE_PHASES: readonly LogicalPhase[] = LOGICAL_PHASES.filter((phase) => phase !== 'bind');

/** Orders and checks the rules (F0000 for duplicate or unknown names and circles) and returns the machine that runs them. */
export function createOptimizer(options: OptimizerOptions): Optimizer {
  const ordered = orderRules<AnyRule>([...(options.analyzers ?? []), ...options.rules], options.order);
  const switchable = ordered.filter(({ rule }) => rule.stage !== 'analyzer').map(({ rule }) => rule.name);
  const configured = new Set(options.disabled ?? []);
  for (const name of configured) requireSwitchable(name, ordered, 'configuration');
  const settings = {
    functions: options.functions,
    clock: options.clock,
    verify: options.verify ?? 'schema',
    onRuleError: options.onRuleError ?? 'fail',
  } as const;
  const isOn = (name: string, disabled: ReadonlySet<string> | undefined): boolean =>
    !configured.has(name) && disabled?.has(name) !== true;
  const rulesOf = (phase: LogicalPhase): readonly OptimizerRule[] =>
    ordered.flatMap(({ rule }) => (rule.stage === 'logical' && rule.phase === phase ? [rule] : []));
  const phases = new Map(LOGICAL_PHASES.map((phase) => [phase, rulesOf(phase).map(prepareRule)] as const));
  const newSession = (run: RunOptions, binding: BindValues | null): RuleSession =>
    new RuleSession(settings, { nextColumnId: run.nextColumnId, binding, collectText: run.collectEvents === true });
  const runPhases = (names: readonly LogicalPhase[], plan: LogicalPlan, run: RunOptions, session: RuleSession) => {
    let result = plan;
    for (const name of names) {
      const rules = (phases.get(name) ?? []).filter(({ rule }) => isOn(rule.name, run.disabled));
      if (rules.length > 0) result = runPhase({ name, rules, verify: settings.verify }, result, session);
    }
    return finished(result, session);
  };
  const couldBind = createBindingTest(rulesOf('bind'));
  return Object.freeze({
    rules: Object.freeze(ordered.map((entry) => infoOf(entry, configured))),
    disabledRules: (setting) => parseDisabledRules(setting, ordered, switchable),
    analyze(plan, run) {
      const session = newSession(run, null);
      let result = plan;
      for (const { rule } of ordered)
        if (rule.stage === 'analyzer') result = runAnalyzer(rule, result, session, settings.verify);
      return finished(result, session);
    },
    optimize: (plan, run) => runPhases(PREPARE_PHASES, plan, run, newSession(run, null)),
    needsBinding: (plan, disabled) => couldBind(plan).some((name) => isOn(name, disabled)),
    bind: (plan, run) => runPhases(['bind'], plan, run, newSession(run, bindValuesOf(run))),
    physical(plan, run) {
      const session = newSession(run, null);
      let result = lower(plan);
      for (const { rule } of ordered) {
        if (rule.stage === 'physical' && isOn(rule.name, run.disabled)) result = runPhysical(rule, result, session);
      }
      return finished(result, session);
    },
  } satisfies Optimizer);
}

function finished<P>(plan: P, session: RuleSession): Optimized<P> {
  return { plan, events: session.events, nextColumnId: session.nextColumnId };
}

function bindValuesOf({ parameters, format, transactionMicros }: BindValues): BindValues {
  return { parameters, format, transactionMicros };
}

function infoOf({ rule, phase, position, why }: OrderedRule, disabled: ReadonlySet<string>): RuleInfo {
  const switchable = rule.stage !== 'analyzer';
  return Object.freeze({
    position,
    name: rule.name,
    phase,
    enabled: !disabled.has(rule.name),
    switchable,
    summary: rule.summary,
    why,
  });
}

function runAnalyzer(rule: AnalyzerRule, plan: LogicalPlan, session: RuleSession, verify: VerifyLevel): LogicalPlan {
  return session.run(
    {
      rule: rule.name,
      phase: 'analyzer',
      pass: 1,
      mustSucceed: true,
      step: (node, context) => rule.analyze(node, context),
      check: (_, after) => checkPlan(after, verify === 'full' ? 'full' : 'schema'),
      print: printWithIds,
      digest: planDigest,
    },
    plan,
  );
}

/** A physical rule sees each operator once, bottom-up. */
function runPhysical(rule: PhysicalRule, plan: PhysicalPlan, session: RuleSession): PhysicalPlan {
  return session.run(
    {
      rule: rule.name,
      phase: 'physical',
      pass: 1,
      step: (node, context) => rewritePhysicalUp(node, (operator) => rule.rewritePhysical(operator, context)),
      check: (before, after) => checkSameColumns(before.columns, after.columns),
      print: (node) => printPhysicalPlan(node, { ids: 'always' }),
      digest: (node) => printPhysicalPlan(node, { ids: 'always' }).split('\n')[0] ?? '',
    },
    plan,
  );
}

/** The bind rules that could change a plan, by name; remembered per plan object. */
function createBindingTest(rules: readonly OptimizerRule[]): (plan: LogicalPlan) => readonly string[] {
  const known = new WeakMap<LogicalPlan, readonly string[]>();
  const couldApply = (rule: OptimizerRule, plan: LogicalPlan): boolean =>
    rule.couldApply === undefined ? somePlan(plan, (node) => rule.on.includes(node.kind)) : rule.couldApply(plan);
  return (plan) => {
    const cached = known.get(plan);
    if (cached !== undefined) return cached;
    const names = rules.filter((rule) => couldApply(rule, plan)).map((rule) => rule.name);
    known.set(plan, names);
    return names;
  };
}

function parseDisabledRules(
  setting: string,
  ordered: readonly OrderedRule[],
  switchable: readonly string[],
): ReadonlySet<string> {
  const names = setting
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.includes('all')) return new Set(switchable);
  for (const name of names) requireSwitchable(name, ordered, 'invalidParameterValue');
  return new Set(names);
}

function requireSwitchable(
  name: string,
  ordered: readonly OrderedRule[],
  key: 'configuration' | 'invalidParameterValue',
): void {
  requireKnownRule(
    name,
    ordered.map(({ rule }) => rule.name),
    key,
  );
  if (ordered.some(({ rule }) => rule.name === name && rule.stage === 'analyzer')) {
    throw failure(key, { message: `"${name}" is an analyzer pass, which cannot be disabled` });
  }
}
