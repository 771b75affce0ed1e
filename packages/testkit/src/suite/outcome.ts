import {
  AssertionError,
  DEFAULT_FORMAT,
  MillraceError,
  type ParameterValue,
  type Value,
  valueToText,
} from '@millrace/core';
import { type BindValues, columnsOf, type LogicalPlan, type PhysicalPlan } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import type { ReferenceEnvironment, Tolerance } from '../reference/expressions.ts';
import { interpret } from '../reference/interpreter.ts';

/** What running a plan comes to: its rows and what it inserted, in order, or the error. */
export type Outcome =
  | {
      readonly kind: 'rows';
      readonly rows: readonly (readonly Value[])[];
      /** Rows given to Insert, fields in the order of the plan. */
      readonly inserted: readonly (readonly Value[])[];
    }
  | { readonly kind: 'error'; readonly sqlstate: string; readonly message: string };

/** What a run gets besides the plan. */
export interface RunInput {
  readonly database: PlanCase['database'];
  /** As clients send them: values, or the bytes of their text. */
  readonly parameters: readonly ParameterValue[];
  /** `random()`: the same numbers in the same order in every run. */
  random(): number;
}

/**
 * Runs a physical plan on rows: how a suite tries rules that the reference interpreter cannot run. An error of the table is an outcome, anything else
 * is thrown.
 */
export type PlanRunner = (plan: PhysicalPlan, input: RunInput) => Promise<Outcome> | Outcome;

/** Where `random()` comes from, and how often it was asked. */
export interface CountedRandom {
  next(): number;
  calls: number;
}

/** The n-th call gives the same number in every run; the sequence does not repeat for long. */
export function sequenceRandom(): CountedRandom {
  const random: CountedRandom = { calls: 0, next: () => (++random.calls * 0.618_033_988_749_895) % 1 };
  return random;
}

/** Each call gives the same number: then answers do not say in which order, nor how often, it was asked; `calls` does. */
export function constantRandom(): CountedRandom {
  const random: CountedRandom = {
    calls: 0,
    next() {
      random.calls++;
      return 0.375;
    },
  };
  return random;
}

/** What the reference interpreter answers. */
export function referenceOutcome(
  plan: LogicalPlan,
  subject: PlanCase,
  random: CountedRandom = sequenceRandom(),
): Outcome {
  return outcomeOf(() => {
    const columns = columnsOf(plan);
    const run = {
      database: subject.database,
      environment: environmentOf(subject, random),
      inserted: [] as { readonly tableId: string; readonly row: Readonly<Record<string, Value>> }[],
    };
    const rows = interpret(plan, run);
    return {
      kind: 'rows',
      rows: rows.map((row) => columns.map((column) => row.values.get(column.id) ?? null)),
      inserted: run.inserted.map(({ row }) => Object.values(row)),
    };
  });
}

function environmentOf(subject: PlanCase, random: CountedRandom): ReferenceEnvironment {
  return { parameters: subject.parameters.map((parameter) => parameter.value), random: random.next };
}

/**
 * The SQLSTATEs that a plan can raise on this data if something in front of them is not evaluated: it runs on behind every error. Twice, since what
 * failed may have been a predicate: once such rows go, once they stay (with every row that a predicate is NULL for).
 */
export function possibleErrors(plan: LogicalPlan, subject: PlanCase): ReadonlySet<string> {
  const found = new Set<string>();
  for (const keepsUnknown of [false, true]) {
    const tolerance: Tolerance = {
      keepsUnknown,
      note(error) {
        const outcome = errorOutcome(error);
        if (outcome.kind === 'error') found.add(outcome.sqlstate);
      },
    };
    const environment = { ...environmentOf(subject, constantRandom()), tolerance };
    interpret(plan, { database: subject.database, environment, inserted: [] });
  }
  return found;
}

/** The result, or the error of the table as an outcome. */
export function outcomeOf(run: () => Outcome): Outcome {
  try {
    return run();
  } catch (error) {
    return errorOutcome(error);
  }
}

/** An error of the table as an outcome; anything else is a bug and thrown on. */
export function errorOutcome(error: unknown): Outcome {
  if (error instanceof AssertionError || !(error instanceof MillraceError) || error.key === 'internal') throw error;
  return { kind: 'error', sqlstate: error.sqlstate, message: error.message };
}

/** The input of a runner. */
export function runInputOf(subject: PlanCase, random: CountedRandom = sequenceRandom()): RunInput {
  return { database: subject.database, parameters: parametersOf(subject), random: random.next };
}

/** Values for the phase `bind`. */
export function bindValuesOf(subject: PlanCase): BindValues {
  return { parameters: parametersOf(subject), format: DEFAULT_FORMAT, transactionMicros: 0n };
}

const encoder = new TextEncoder();

function parametersOf({ parameters }: PlanCase): readonly ParameterValue[] {
  return parameters.map(({ type, value, asBytes }) => {
    if (value === null) return null;
    if (!asBytes) return { kind: 'value', value };
    return { kind: 'bytes', bytes: encoder.encode(valueToText(type, value, DEFAULT_FORMAT)), format: 0 };
  });
}
