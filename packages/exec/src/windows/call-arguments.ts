import {
  type ColumnVector,
  type CompiledExpr,
  type EvaluationContext,
  type EvaluationInput,
  gatherVector,
} from '@millrace/core';
import { selectedInput } from '../expressions/inputs.ts';

/** Sorted rows and how expressions are evaluated over them. */
export interface SortedRows {
  readonly input: EvaluationInput;
  readonly evaluation: EvaluationContext;
}

/** An expression for each of `targets` (-1 gives NULL), which may repeat; it is evaluated once for each row that occurs, and for no other. */
export function evaluateAt(expr: CompiledExpr, { input, evaluation }: SortedRows, targets: Int32Array): ColumnVector {
  const used = new Uint8Array(input.rowCount);
  let count = 0;
  for (let k = 0; k < targets.length; k++) {
    const row = targets[k] as number;
    if (row < 0 || used[row] === 1) continue;
    used[row] = 1;
    count++;
  }
  if (count === input.rowCount) return gatherVector(expr(input, evaluation), targets);
  const rows = new Int32Array(count);
  const positions = new Int32Array(input.rowCount);
  let next = 0;
  for (let row = 0; row < input.rowCount; row++) {
    if (used[row] === 0) continue;
    positions[row] = next;
    rows[next++] = row;
  }
  const values = expr(selectedInput(input, rows), evaluation);
  return gatherVector(
    values,
    targets.map((row) => (row < 0 ? -1 : (positions[row] as number))),
  );
}
