import type { DataType, ParameterValue } from '@millrace/core';
import type { ParsedStatement } from '@millrace/planner';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import type { QueryTemplate } from './lex-query.ts';
import { formsFor } from './literal-rows.ts';

/** What the placeholders of a template are declared as. */
export function declaredTypes({ literals }: QueryTemplate): readonly (DataType | null)[] {
  return literals.map(({ type }) => type);
}

/** Whether the plan of a template's statement may stand for the query with literals: every string became a value of a type that is read from text alone. */
export function isQueryTemplate(
  { statement, parameterCount }: ParsedStatement,
  plan: PreparedPlan,
  template: QueryTemplate,
): boolean {
  if (statement.kind !== 'query' || parameterCount !== template.literals.length) return false;
  return template.literals.every(({ type }, i) => {
    const found = plan.parameterTypes[i];
    return found !== undefined && (type === null ? formsFor(found).strings : found.kind === type.kind);
  });
}

/** The literals as values of the placeholders. */
export function literalsAsParameters({ literals }: QueryTemplate): readonly ParameterValue[] {
  const encoder = new TextEncoder();
  return literals.map(({ text }) => ({ kind: 'bytes', bytes: encoder.encode(text), format: 0 }));
}
