import { assert } from '../errors/millrace-error.ts';
import { type ExprOf, typeOf } from '../expr/expr.ts';
import type { CallTypes, RowKernel, ScalarKernel } from '../functions/definition.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { Value } from '../types/value.ts';
import { constantVector, isNullAt, valueAt } from '../vector/access.ts';
import { createVectorBuilder } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import type { Evaluation, EvaluationInput } from './evaluation.ts';

/** A function call: arguments for all rows, then the kernel; once instead of per row where all arguments are constant. */
export function evaluateCall(expr: ExprOf<'call'>, input: EvaluationInput, run: Evaluation): ColumnVector {
  const { fn } = expr;
  const kernel = run.registry.kernel(fn.id);
  assert(kernel !== undefined, `no kernel for function ${fn.id}`);
  const args = expr.args.map((arg) => run.vector(arg, input));
  const { rowCount } = input;
  if (fn.strict && args.some(isConstantNull)) return constantVector(expr.type, null, rowCount);
  const types: CallTypes = { args: expr.args.map(typeOf), returns: expr.type };
  if (rowCount > 1 && fn.volatility !== 'volatile' && args.every((arg) => arg.kind === 'constant')) {
    const single = args.map((arg) => ({ ...arg, length: 1 }));
    const result = runKernel(kernel, single, { rowCount: 1, strict: fn.strict, context: run.context, types });
    return constantVector(expr.type, valueAt(result, 0), rowCount);
  }
  return runKernel(kernel, args, { rowCount, strict: fn.strict, context: run.context, types });
}

interface CallFrame {
  readonly rowCount: number;
  readonly strict: boolean;
  readonly context: EvaluationContext;
  readonly types: CallTypes;
}

function runKernel(kernel: ScalarKernel, args: readonly ColumnVector[], frame: CallFrame): ColumnVector {
  if (kernel.kind === 'row') return runRows(kernel.row, args, frame);
  return kernel.vector(args, frame.rowCount, frame.context, frame.types);
}

function runRows(row: RowKernel, args: readonly ColumnVector[], frame: CallFrame): ColumnVector {
  const { rowCount, strict, context, types } = frame;
  const builder = createVectorBuilder(types.returns, { capacityRows: rowCount });
  const values: Value[] = new Array(args.length).fill(null);
  for (let k = 0; k < args.length; k++) {
    const arg = args[k]!;
    if (arg.kind === 'constant') values[k] = arg.value;
  }
  for (let i = 0; i < rowCount; i++) {
    if (strict && args.some((arg) => isNullAt(arg, i))) {
      builder.appendNull();
      continue;
    }
    for (let k = 0; k < args.length; k++) {
      const arg = args[k]!;
      if (arg.kind !== 'constant') values[k] = valueAt(arg, i);
    }
    builder.appendValue(row(values, context, types));
  }
  return builder.finish();
}

function isConstantNull(vector: ColumnVector): boolean {
  return vector.kind === 'constant' && vector.value === null;
}
