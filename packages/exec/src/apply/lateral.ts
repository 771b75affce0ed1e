import {
  type ColumnVector,
  concatBatches,
  type DataType,
  type Expr,
  gatherBatch,
  gatherVector,
  type RecordBatch,
} from '@millrace/core';
import type { PhysicalOf } from '@millrace/planner';
import { pairInput } from '../expressions/inputs.ts';
import { compileRowFilter, type RowFilter } from '../expressions/row-filter.ts';
import { type ColumnLayout, layoutOf } from '../run/column-layout.ts';
import type { Operator } from '../run/operator.ts';
import { Pacer, type TaskContext } from '../run/task-context.ts';
import { isCorrelated, runForRow, SubqueryCache } from './subquery-runner.ts';

interface LateralShape {
  readonly plan: PhysicalOf<'apply'>;
  readonly left: ColumnLayout;
  readonly right: ColumnLayout;
  readonly filter: RowFilter;
  /** A row without a match is kept, with NULLs. */
  readonly keepsLeft: boolean;
}

/** CROSS JOIN LATERAL (`on` null) and LEFT JOIN LATERAL ... ON. */
export function compileLateral(
  plan: PhysicalOf<'apply'>,
  on: readonly Expr[] | null,
  input: Operator,
  subquery: Operator,
): Operator {
  const left = layoutOf(input.plan.columns);
  const right = layoutOf(subquery.plan.columns);
  const shape: LateralShape = { plan, left, right, filter: compileRowFilter(on ?? []), keepsLeft: on !== null };
  const isPerRow = isCorrelated(subquery, left);
  return {
    plan,
    async *run(task: TaskContext): AsyncGenerator<RecordBatch, void, void> {
      const pacer = new Pacer(task);
      const cache = isPerRow ? null : new SubqueryCache(subquery, task);
      try {
        for await (const batch of input.run(task)) {
          const output = new LateralOutput(shape, batch, task);
          for (let row = 0; row < batch.rowCount; row++) {
            if (pacer.step()) await pacer.turn();
            let matched = false;
            const rows = cache === null ? runForRow(subquery, left, batch, row, task) : await cache.batches();
            for await (const found of rows) {
              matched = output.add(row, found) || matched;
              if (output.isFull) yield output.flush();
            }
            if (!matched && shape.keepsLeft) output.addUnmatched(row);
            if (output.isFull) yield output.flush();
          }
          const rest = output.flush();
          if (rest.rowCount > 0) yield rest;
        }
      } finally {
        cache?.release();
      }
    },
  };
}

/** Joined rows of one input batch, collected until there are enough for a batch. */
class LateralOutput {
  readonly #shape: LateralShape;
  readonly #batch: RecordBatch;
  readonly #task: TaskContext;
  readonly #rightTypes: readonly DataType[];
  #leftRows: number[] = [];
  #rights: RecordBatch[] = [];

  constructor(shape: LateralShape, batch: RecordBatch, task: TaskContext) {
    this.#shape = shape;
    this.#batch = batch;
    this.#task = task;
    this.#rightTypes = shape.right.columns.map((column) => column.type);
  }

  get isFull(): boolean {
    return this.#leftRows.length >= this.#task.batchRows;
  }

  /** Adds the subquery's rows that match row `row`; whether there were any. */
  add(row: number, found: RecordBatch): boolean {
    const all = Int32Array.from({ length: found.rowCount }, (_, i) => i);
    const left = { layout: this.#shape.left, batch: this.#batch, rows: all.map(() => row) };
    const right = { layout: this.#shape.right, batch: found, rows: all };
    const passed = this.#shape.filter(pairInput(left, right, this.#task.outer), this.#task.evaluation);
    const matches = passed === null ? found : gatherBatch(found, passed);
    if (matches.rowCount === 0) return false;
    this.#rights.push(matches);
    for (let i = 0; i < matches.rowCount; i++) this.#leftRows.push(row);
    return true;
  }

  addUnmatched(row: number): void {
    const vectors = this.#rightTypes.map((type): ColumnVector => ({ kind: 'constant', type, value: null, length: 1 }));
    this.#rights.push({ rowCount: 1, vectors });
    this.#leftRows.push(row);
  }

  flush(): RecordBatch {
    const rows = Int32Array.from(this.#leftRows);
    const right = concatBatches(this.#rightTypes, this.#rights);
    this.#leftRows = [];
    this.#rights = [];
    const left = this.#batch.vectors.map((vector) => gatherVector(vector, rows));
    return { rowCount: rows.length, vectors: [...left, ...right.vectors] };
  }
}
