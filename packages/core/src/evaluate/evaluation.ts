import { AssertionError } from '../errors/millrace-error.ts';
import type { Expr } from '../expr/expr.ts';
import type { FunctionRegistry } from '../functions/registry.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { ColumnId } from '../types/field.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import { gatherVector } from '../vector/gather.ts';
import type { Truth } from './truth.ts';

/** The rows an expression is evaluated over: columns by id, each of `rowCount` rows. */
export interface EvaluationInput {
  readonly rowCount: number;
  /** Asked for columns the expression reads only; may be asked repeatedly. */
  column(id: ColumnId): ColumnVector;
}

/** What the expression families need to recurse: the interpreter, bound to one statement's context. */
export interface Evaluation {
  readonly context: EvaluationContext;
  readonly registry: FunctionRegistry;
  vector(expr: Expr, input: EvaluationInput): ColumnVector;
  /** The same for boolean expressions, one byte a row. */
  truth(expr: Expr, input: EvaluationInput): Truth;
}

/** The rows `indices` of an input; columns are gathered when first asked for. */
export function gatherInput(input: EvaluationInput, indices: Int32Array): EvaluationInput {
  const gathered = new Map<ColumnId, ColumnVector>();
  return {
    rowCount: indices.length,
    column: (id) => {
      let vector = gathered.get(id);
      if (vector === undefined) {
        vector = gatherVector(input.column(id), indices);
        gathered.set(id, vector);
      }
      return vector;
    },
  };
}

/** One row without columns: what constant subtrees are evaluated over. */
export const SINGLE_ROW: EvaluationInput = Object.freeze({
  rowCount: 1,
  column: (): never => {
    throw new AssertionError('a constant expression reads no column');
  },
});
