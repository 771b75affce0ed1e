import { assert, LIMITS } from '@millrace/core';
import { checkPlan, checkSameColumns } from '../plan/check-plan.ts';
import { columnsOf } from '../plan/columns.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { planDigest } from '../plan/plan-digest.ts';
import { printPlan } from '../plan/print-plan.ts';
import { applyRule } from './apply-rule.ts';
import { canMeet, kindsIn, type PreparedRule } from './plan-kinds.ts';
import type { OptimizerRule } from './rule.ts';
import type { RuleSession, VerifyLevel } from './rule-run.ts';

/** Passes over the rules of a phase before it is stopped; rules that need more undo each other or grow the plan for ever. */
export const RULE_PASSES_MAX = 32;

interface Phase {
  readonly name: string;
  readonly rules: readonly PreparedRule[];
  readonly verify: VerifyLevel;
}

/** The first pass after which plans are compared with earlier ones: nearly every statement has settled by then, and digests cost. */
const COMPARED_FROM_PASS = 4;

/**
 * Runs the rules of a phase in order, again and again until a pass changes nothing. A rule is passed over, with an event but without a run, where
 * no node is of its kinds, or where it left this very plan alone before: most statements are small, and most rules have nothing to do with them.
 *
 * Stops early, with an event that says so, when a plan comes back (rules undo each other), after RULE_PASSES_MAX passes or
 * LIMITS.ruleApplicationsMax rewrites: every plan on the way is equivalent, so stopping is safe. With `verify: 'full'` (tests) it is an assertion
 * failure instead.
 */
export function runPhase(phase: Phase, input: LogicalPlan, session: RuleSession): LogicalPlan {
  let plan = input;
  let kinds = kindsIn(plan);
  let applications = 0;
  const seen: LogicalPlan[] = [input];
  const digests = new Map<LogicalPlan, string>();
  const leftAlone: LogicalPlan[] = [];
  for (let pass = 1; ; pass++) {
    const before = plan;
    let lastChanged = '';
    for (const [index, prepared] of phase.rules.entries()) {
      const { rule } = prepared;
      const isIdle = leftAlone[index] === plan || !canMeet(prepared, kinds);
      if (isIdle && phase.verify !== 'full') {
        session.passedOver(phase.name, pass, rule.name);
        continue;
      }
      const result = runRule(rule, { phase, pass, plan, session, counted: (count) => (applications += count) });
      if (result === plan) {
        leftAlone[index] = plan;
        continue;
      }
      assert(!isIdle, `rule "${rule.name}" changes a plan that it was to be passed over for: is \`needs\` right?`);
      lastChanged = rule.name;
      plan = result;
      kinds = kindsIn(plan);
    }
    if (plan === before) return plan;
    const reason = reasonToStop(plan, { pass, applications, seen, digests });
    if (reason !== null) {
      assert(
        phase.verify !== 'full',
        `phase ${phase.name} did not settle: ${reason}, last changed by "${lastChanged}"`,
      );
      session.stopped(phase.name, pass, lastChanged, reason);
      return plan;
    }
    seen.push(plan);
  }
}

function runRule(
  rule: OptimizerRule,
  run: {
    readonly phase: Phase;
    readonly pass: number;
    readonly plan: LogicalPlan;
    readonly session: RuleSession;
    readonly counted: (applications: number) => void;
  },
): LogicalPlan {
  const { phase, pass, plan, session, counted } = run;
  return session.run<LogicalPlan>(
    {
      rule: rule.name,
      phase: phase.name,
      pass,
      step(node, context) {
        const result = applyRule(rule, node, context);
        counted(result.applications);
        return result.plan;
      },
      check: (old, next) => checkRewrite(old, next, phase.verify),
      print: printWithIds,
      digest: planDigest,
    },
    plan,
  );
}

function reasonToStop(
  plan: LogicalPlan,
  run: {
    readonly pass: number;
    readonly applications: number;
    readonly seen: readonly LogicalPlan[];
    readonly digests: Map<LogicalPlan, string>;
  },
): string | null {
  if (run.applications > LIMITS.ruleApplicationsMax) return `more than ${LIMITS.ruleApplicationsMax} rewrites`;
  if (run.pass >= RULE_PASSES_MAX) return `${RULE_PASSES_MAX} passes`;
  if (run.pass < COMPARED_FROM_PASS) return null;
  const digestOf = (p: LogicalPlan): string => {
    const digest = run.digests.get(p) ?? planDigest(p);
    run.digests.set(p, digest);
    return digest;
  };
  const digest = digestOf(plan);
  return run.seen.some((earlier) => digestOf(earlier) === digest) ? 'a plan came back: rules undo each other' : null;
}

/** What every rewrite must keep: the root's columns; with `full`, every invariant of the plan. */
export function checkRewrite(before: LogicalPlan, after: LogicalPlan, verify: VerifyLevel): void {
  checkSameColumns(columnsOf(before), columnsOf(after));
  if (verify === 'full') checkPlan(after, 'full');
}

/** Plans of rule events: every column with its id, so that a diff shows what changed and nothing else. */
export function printWithIds(plan: LogicalPlan): string {
  return printPlan(plan, { ids: 'always' });
}
