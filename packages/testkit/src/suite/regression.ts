import { AssertionError, assert, type DataType, type Value } from '@millrace/core';
import { checkPlan, type LogicalPlan, planDigest, printPlan, type SwitchableRule } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { CHECKS, type CheckName } from './checks.ts';
import type { Find } from './hunt.ts';
import { fromJson, toJson } from './plan-json.ts';
import { printRewriting, rewriteCase } from './rewriting.ts';

/**
 * A case that a rule once got wrong. It holds the plan itself, the rows and the parameters, not the genotype that made them, so it means the same
 * when generators change. What a reader wants to know (the plan as text, what went wrong) stands in front and is not read back.
 */
export interface Regression {
  readonly note: string;
  readonly check: CheckName;
  readonly subject: PlanCase;
}

/** The file of a find: its name, unique by plan and rows, and its text. */
export function regressionFile(rule: SwitchableRule, find: Find): { readonly name: string; readonly text: string } {
  const { subject, check } = find;
  const database = [...subject.database].filter(([, rows]) => rows.length > 0);
  const content = {
    rule: rule.name,
    check,
    note: find.problem.split('\n')[0],
    found: { seed: find.seed, run: find.run, path: find.path },
    before: printPlan(subject.plan, { ids: 'never' }).split('\n'),
    after: afterOf(rule, subject),
    plan: toJson(subject.plan),
    database: toJson(Object.fromEntries(database)),
    parameters: toJson(subject.parameters),
    nextColumnId: subject.nextColumnId,
  };
  return {
    name: `${check}-${planDigest(subject.plan).slice(0, 8)}.json`,
    text: `${JSON.stringify(content, null, 1)}\n`,
  };
}

function afterOf(rule: SwitchableRule, subject: PlanCase): readonly string[] {
  try {
    return printRewriting(rewriteCase(rule, subject), 'never').after.split('\n');
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/**
 * Reads a regression file. An AssertionError if it is no JSON, lacks something, or its plan is none (any more): a file that cannot be replayed
 * is an error and never skipped. Tables that it does not mention are empty; `tables` are all there are.
 */
export function readRegression(text: string, tables: readonly string[]): Regression {
  const content = parsed(text);
  const { check, note } = content;
  assert(
    typeof check === 'string' && Object.hasOwn(CHECKS, check),
    `"check" is none of ${Object.keys(CHECKS).join(', ')}`,
  );
  assert(typeof note === 'string' && note !== '', '"note" says what went wrong');
  const plan = fromJson(content['plan']) as LogicalPlan;
  assert(typeof plan === 'object' && plan !== null && 'kind' in plan, '"plan" is a plan');
  const rows = fromJson(content['database']) as Readonly<
    Record<string, PlanCase['database'] extends ReadonlyMap<string, infer R> ? R : never>
  >;
  assert(typeof rows === 'object' && rows !== null, '"database" has the rows by table');
  for (const table of Object.keys(rows)) assert(tables.includes(table), `there is no fixture table ${table}`);
  const parameters = fromJson(content['parameters']) as PlanCase['parameters'];
  assert(Array.isArray(parameters) && parameters.every(isParameter), '"parameters" is a list');
  const { nextColumnId } = content;
  assert(typeof nextColumnId === 'number', '"nextColumnId" is a number');
  checkPlan(plan, 'full');
  const database = new Map(tables.map((table) => [table, rows[table] ?? []]));
  return { note, check: check as CheckName, subject: { plan, database, parameters, nextColumnId } };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const content: unknown = JSON.parse(text);
    if (typeof content === 'object' && content !== null) return content as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new AssertionError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  throw new AssertionError('not an object');
}

function isParameter(
  parameter: unknown,
): parameter is { readonly type: DataType; readonly value: Value; readonly asBytes: boolean } {
  return (
    typeof parameter === 'object' &&
    parameter !== null &&
    'type' in parameter &&
    'value' in parameter &&
    'asBytes' in parameter
  );
}
