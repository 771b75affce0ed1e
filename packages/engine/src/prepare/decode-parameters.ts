import { type EvaluationContext, failure, LIMITS, type ParameterValue, parameterValue } from '@millrace/core';
import type { PreparedPlan } from './prepared-plan.ts';

/**
 * Decodes the parameters by their types before anything runs, as PostgreSQL does at Bind: a bad one fails (22P02, 22P03 ...) whatever the plan does
 * with it. A direct insert decodes its parameters itself, straight into columns.
 */
export function decodeParameters(
  plan: PreparedPlan,
  parameters: readonly ParameterValue[],
  context: (parameters: readonly ParameterValue[]) => EvaluationContext,
): readonly ParameterValue[] {
  if (parameters.length !== plan.parameterTypes.length) {
    throw failure('protocolViolation', {
      message: `bind message supplies ${parameters.length} parameters, but prepared statement requires ${plan.parameterTypes.length}`,
    });
  }
  if (parameters.length > LIMITS.parametersMax) {
    throw failure('programLimit', { message: `number of parameters must be between 0 and ${LIMITS.parametersMax}` });
  }
  if (plan.isDirect || parameters.length === 0) return parameters;
  const raw = context(parameters);
  return plan.parameterTypes.map((type, index): ParameterValue => {
    const value = parameterValue(index + 1, type, raw);
    return value === null ? null : { kind: 'value', value };
  });
}
