import type { ColumnVector } from '@millrace/core';
import type { OptimizerRule } from '@millrace/planner';
import { valuesToMemory } from '../values-to-memory.ts';

/** Wrong: vectors without a validity bitmap, so that NULL reads as 0, false or ''. */
export const valuesWithoutNulls: OptimizerRule<'values'> = Object.freeze({
  ...valuesToMemory,
  name: 'values-to-memory (without NULLs)',
  rewrite(values, context) {
    const memory = valuesToMemory.rewrite(values, context);
    if (memory.kind !== 'memory') return memory;
    const withoutNulls = (vector: ColumnVector): ColumnVector =>
      vector.kind === 'constant' ? vector : { ...vector, validity: null };
    const batches = memory.batches.map((batch) => ({ ...batch, vectors: batch.vectors.map(withoutNulls) }));
    return { ...memory, batches };
  },
} satisfies OptimizerRule<'values'>);

/** Wrong: takes the rows up to the first one with a computed cell. */
export const valuesUpToExpression: OptimizerRule<'values'> = Object.freeze({
  ...valuesToMemory,
  name: 'values-to-memory (up to the first expression)',
  rewrite(values, context) {
    const end = values.rows.findIndex((row) => row.some((cell) => cell.kind !== 'literal'));
    return end <= 0
      ? valuesToMemory.rewrite(values, context)
      : valuesToMemory.rewrite({ ...values, rows: values.rows.slice(0, end) }, context);
  },
} satisfies OptimizerRule<'values'>);
