import type { SwitchableRule } from '@millrace/planner';
import { lineDiff } from '@millrace/planner';
import type { PlanCase } from '../gen/plan-case.ts';
import { rowKey, valueKey } from './compare-rows.ts';
import type { Outcome } from './outcome.ts';
import { printRewriting, rewriteCase } from './rewriting.ts';

/** A counter-example as text: the plan before and after, the rows it needs, and both answers. */
export function describeCase(rule: SwitchableRule, subject: PlanCase, outcomes: readonly Outcome[]): string {
  const [expected, actual] = outcomes;
  const tables = [...subject.database].filter(([, rows]) => rows.length > 0);
  return [
    ...plansOf(rule, subject),
    ...(subject.parameters.length === 0
      ? []
      : ['parameters:', ...subject.parameters.map(({ value }, i) => `  $${i + 1} = ${valueKey(value)}`)]),
    ...tables.flatMap(([name, rows]) => [
      `table ${name} (${Object.keys(rows[0] ?? {}).join(' | ')}):`,
      ...rows.map((row) => `  ${rowKey(Object.values(row))}`),
    ]),
    ...(expected === undefined ? [] : ['without the rule:', ...linesOf(expected)]),
    ...(actual === undefined ? [] : ['with the rule:', ...linesOf(actual)]),
  ].join('\n');
}

function plansOf(rule: SwitchableRule, subject: PlanCase): readonly string[] {
  try {
    const { before, after } = printRewriting(rewriteCase(rule, subject), 'always');
    return ['plan:', indented(before), 'change:', indented(lineDiff(before, after, 20).join('\n'))];
  } catch (error) {
    return [`plan: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function linesOf(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'error') return [`  ${outcome.sqlstate}: ${outcome.message}`];
  const rows = outcome.rows.map((row) => `  ${rowKey(row)}`);
  const inserted = outcome.inserted.map((row) => `  inserted ${rowKey(row)}`);
  return rows.length + inserted.length === 0 ? ['  no rows'] : [...rows, ...inserted];
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
