import type { Expr, ExprOf } from '../expr/expr.ts';
import { type DataType, sameType } from '../types/data-type.ts';
import { isNullAt, valueAt } from '../vector/access.ts';
import { vectorFromValues } from '../vector/builder.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { concatVectors } from '../vector/concat.ts';
import { gatherVector } from '../vector/gather.ts';
import { type Evaluation, type EvaluationInput, gatherInput } from './evaluation.ts';
import { TRUE } from './truth.ts';

/** Rows of the input and the values they got. */
interface Part {
  readonly rows: Int32Array;
  readonly vector: ColumnVector;
}

/** Searched CASE: a branch is evaluated for the rows that reach it, and no others. */
export function evaluateCase(expr: ExprOf<'case'>, input: EvaluationInput, run: Evaluation): ColumnVector {
  const parts: Part[] = [];
  let open = allRows(input.rowCount);
  for (const branch of expr.branches) {
    if (open.length === 0) break;
    const truth = run.truth(branch.when, select(input, open));
    const { taken, left } = partition(open, (k) => truth[k] === TRUE);
    if (taken.length > 0) parts.push({ rows: taken, vector: run.vector(branch.then, select(input, taken)) });
    open = left;
  }
  if (open.length > 0) parts.push({ rows: open, vector: run.vector(expr.otherwise, select(input, open)) });
  return assemble(expr.type, input.rowCount, parts);
}

/** COALESCE: an argument is evaluated for the rows where all before it were NULL. */
export function evaluateCoalesce(expr: ExprOf<'coalesce'>, input: EvaluationInput, run: Evaluation): ColumnVector {
  const parts: Part[] = [];
  let open = allRows(input.rowCount);
  const last: Expr | undefined = expr.args.at(-1);
  for (const arg of expr.args) {
    if (open.length === 0) break;
    const vector = run.vector(arg, select(input, open));
    if (arg === last) {
      parts.push({ rows: open, vector });
      break;
    }
    const { taken, left } = partition(open, (k) => !isNullAt(vector, k));
    if (left.length === 0) parts.push({ rows: open, vector });
    else if (taken.length > 0) {
      const { taken: positions } = partition(allRows(open.length), (k) => !isNullAt(vector, k));
      parts.push({ rows: taken, vector: gatherVector(vector, positions) });
    }
    open = left;
  }
  return assemble(expr.type, input.rowCount, parts);
}

function allRows(rowCount: number): Int32Array {
  const rows = new Int32Array(rowCount);
  for (let i = 0; i < rowCount; i++) rows[i] = i;
  return rows;
}

function select(input: EvaluationInput, rows: Int32Array): EvaluationInput {
  return rows.length === input.rowCount ? input : gatherInput(input, rows);
}

function partition(rows: Int32Array, isTaken: (k: number) => boolean): { taken: Int32Array; left: Int32Array } {
  const taken = new Int32Array(rows.length);
  const left = new Int32Array(rows.length);
  let takenCount = 0;
  let leftCount = 0;
  for (let k = 0; k < rows.length; k++) {
    if (isTaken(k)) taken[takenCount++] = rows[k]!;
    else left[leftCount++] = rows[k]!;
  }
  return { taken: taken.subarray(0, takenCount), left: left.subarray(0, leftCount) };
}

function assemble(type: DataType, rowCount: number, parts: readonly Part[]): ColumnVector {
  const vectors = parts.map((part) => conform(part.vector, type));
  if (vectors.length === 0) return vectorFromValues(type, []);
  if (vectors.length === 1) return vectors[0]!;
  const positions = new Int32Array(rowCount);
  let at = 0;
  for (const part of parts) for (const row of part.rows) positions[row] = at++;
  return gatherVector(concatVectors(type, vectors), positions);
}

/** A branch's vector as one of the result's type: same layout is relabelled, numeric with and without precision is rebuilt. */
export function conform(vector: ColumnVector, type: DataType): ColumnVector {
  if (sameType(vector.type, type)) return vector;
  if (vector.kind === 'constant') return { ...vector, type };
  if (vector.type.kind === type.kind && type.kind !== 'numeric' && type.kind !== 'array') return { ...vector, type };
  const values = Array.from({ length: vector.length }, (_, i) => valueAt(vector, i));
  return vectorFromValues(type, values);
}
