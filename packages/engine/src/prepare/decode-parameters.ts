import { type EvaluationContext, failure, LIMITS, type ParameterValue, parameterValue } from '@millrace/core';
import { checkedValue } from './checked-value.ts';
import type { PreparedPlan } from './prepared-plan.ts';

/**
 * Decodes the parameters by their types before anything runs, as PostgreSQL does at Bind: a bad one fails (22P02, 22P03 ...) whatever the plan does
 * with it. A direct insert decodes the bytes itself, straight into columns; values of the library API are checked here for both.
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
  if (parameters.length === 0 || (plan.isDirect && parameters.every(isBytes))) return parameters;
  const raw = context(parameters);
  return plan.parameterTypes.map((type, index): ParameterValue => {
    const parameter = parameters[index] ?? null;
    if (plan.isDirect && isBytes(parameter)) return parameter;
    const value =
      parameter?.kind === 'value'
        ? checkedValue(type, parameter.value, raw.format)
        : parameterValue(index + 1, type, raw);
    return value === null ? null : { kind: 'value', value };
  });
}

function isBytes(parameter: ParameterValue): boolean {
  return parameter === null || parameter.kind === 'bytes';
}
