import { assert } from '../errors/millrace-error.ts';
import type { ExprOf } from '../expr/expr.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { concatVectors } from '../vector/concat.ts';
import { gatherVector } from '../vector/gather.ts';
import { conform } from './conditional.ts';
import type { Evaluation, EvaluationInput } from './evaluation.ts';

/** `ARRAY[items]`: item k of row i is row i of item expression k. */
export function evaluateArray(expr: ExprOf<'array'>, input: EvaluationInput, run: Evaluation): ColumnVector {
  const { type } = expr;
  assert(type.kind === 'array', 'an array constructor has an array type');
  const { rowCount } = input;
  const width = expr.items.length;
  const columns = expr.items.map((item) => conform(run.vector(item, input), type.item));
  const offsets = Int32Array.from({ length: rowCount + 1 }, (_, i) => i * width);
  const positions = new Int32Array(rowCount * width);
  for (let i = 0, at = 0; i < rowCount; i++) for (let k = 0; k < width; k++) positions[at++] = k * rowCount + i;
  const child = gatherVector(concatVectors(type.item, columns), positions);
  return { kind: 'list', type, length: rowCount, validity: null, offsets, child };
}
