import {
  assert,
  type CallTypes,
  type ColumnVector,
  constantVector,
  type EvaluationContext,
  standardFunctions,
  type Value,
  valueAt,
} from '@millrace/core';

/** The id of the scalar function `name` that takes this many arguments. */
export function scalarFunctionId(evaluation: EvaluationContext, name: string, argCount: number): string {
  const registry = evaluation.functions ?? standardFunctions;
  const signature = registry
    .overloads(name)
    .find(({ args, optionalArgs = 0 }) => argCount <= args.length && argCount >= args.length - optionalArgs);
  assert(signature !== undefined, `the function ${name} with ${argCount} arguments is registered`);
  return signature.id;
}

/** A scalar function of the registry as a plain function of values: aggregates use the same arithmetic and conversions as expressions. */
export function rowFunction(
  evaluation: EvaluationContext,
  id: string,
  types: CallTypes,
): (args: readonly Value[]) => Value {
  const registry = evaluation.functions ?? standardFunctions;
  const kernel = registry.kernel(id) ?? standardFunctions.kernel(id);
  assert(kernel !== undefined, `the function ${id} is registered`);
  if (kernel.kind === 'row') return (args) => kernel.row(args, evaluation, types);
  return (args) => {
    const vectors: ColumnVector[] = args.map((arg, i) => constantVector(types.args[i] as CallTypes['returns'], arg, 1));
    return valueAt(kernel.vector(vectors, 1, evaluation, types), 0);
  };
}
