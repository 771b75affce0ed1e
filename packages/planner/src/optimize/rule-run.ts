import {
  asMillraceError,
  type Clock,
  type Column,
  type ColumnId,
  type FunctionCatalog,
  failure,
  MillraceError,
} from '@millrace/core';
import type { BindValues, RuleContext, RuleEvent } from './rule.ts';

/** How strictly plans are checked between rules: not, what the root produces, or every node. */
export type VerifyLevel = 'off' | 'schema' | 'full';

/** What all rules of an optimizer run with. */
export interface RuleRunSettings {
  readonly functions: FunctionCatalog;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly verify: VerifyLevel;
  readonly onRuleError: 'fail' | 'skip';
}

const NO_NOTES: readonly string[] = Object.freeze([]);
const SILENT = Object.freeze({ changed: false, before: null, after: null, micros: 0, notes: NO_NOTES, error: null });

/** Mutable state of one pass through the optimizer: the column counter, the events so far, the rules' notes. */
export class RuleSession {
  readonly events: RuleEvent[] = [];
  nextColumnId: number;
  readonly #settings: RuleRunSettings;
  readonly #context: RuleContext;
  readonly #collectText: boolean;
  /** What the rule that runs has noted. */
  #notes: readonly string[] = NO_NOTES;

  constructor(
    settings: RuleRunSettings,
    start: { readonly nextColumnId: number; readonly binding: BindValues | null; readonly collectText: boolean },
  ) {
    this.#settings = settings;
    this.nextColumnId = start.nextColumnId;
    this.#context = this.#newContext(settings.functions, start.binding);
    this.#collectText = start.collectText;
  }

  /**
   * Runs one rule over a plan by `step`, checks the result by `check`, and records the event. When the rule or the check throws, `skip`
   * keeps the plan as it was. Returns the plan to go on with.
   */
  run<P extends object>(
    run: {
      readonly rule: string;
      readonly phase: string;
      readonly pass: number;
      readonly mustSucceed?: boolean;
      readonly step: (plan: P, context: RuleContext) => P;
      readonly check: (before: P, after: P) => void;
      readonly print: (plan: P) => string;
      readonly digest: (plan: P) => string;
    },
    plan: P,
  ): P {
    this.#notes = NO_NOTES;
    const started = this.#settings.clock.monotonicMs();
    let result = plan;
    let error: string | null = null;
    try {
      result = run.step(plan, this.#context);
      if (result !== plan && this.#settings.verify !== 'off') run.check(plan, result);
    } catch (cause) {
      if (run.mustSucceed === true && cause instanceof MillraceError) throw cause;
      const failed = describeFailure(run.rule, run.digest(plan), cause);
      if (run.mustSucceed === true || this.#settings.onRuleError === 'fail' || failed.key !== 'internal') throw failed;
      error = failed.message;
      result = plan;
    }
    const changed = result !== plan;
    const micros = Math.max(0, Math.round((this.#settings.clock.monotonicMs() - started) * 1000));
    const text = changed && this.#collectText;
    this.events.push({
      phase: run.phase,
      pass: run.pass,
      rule: run.rule,
      changed,
      before: text ? run.print(plan) : null,
      after: text ? run.print(result) : null,
      micros,
      notes: this.#notes,
      error,
    });
    return result;
  }

  /** Records, for those who collect events, that a rule was not even run, because it had nothing to look at. */
  passedOver(phase: string, pass: number, rule: string): void {
    if (this.#collectText) this.events.push({ phase, pass, rule, ...SILENT });
  }

  /** Records that a phase was stopped before its rules had settled. */
  stopped(phase: string, pass: number, rule: string, reason: string): void {
    this.events.push({ phase, pass, rule, ...SILENT, error: reason });
  }

  /** One object for all runs: a small statement passes dozens of rules that look once and go on. */
  #newContext(functions: FunctionCatalog, binding: BindValues | null): RuleContext {
    return {
      newColumn: (like): Column => {
        const id = this.nextColumnId++ as ColumnId;
        return { id, name: like.name, type: like.type, nullable: like.nullable };
      },
      note: (reason) => {
        if (!this.#notes.includes(reason)) this.#notes = Object.freeze([...this.#notes, reason]);
      },
      functions,
      binding,
    };
  }
}

/** A rule's failure as XX000 with the rule and the plan's digest; an exhausted stack stays 54001. */
function describeFailure(rule: string, digest: string, cause: unknown): MillraceError {
  const known = asMillraceError(cause);
  if (known.key === 'tooComplex') return known;
  const message = cause instanceof Error ? cause.message : String(cause);
  return failure('internal', { message: `rule "${rule}" failed: ${message}` }, { detail: `Plan ${digest}.`, cause });
}
