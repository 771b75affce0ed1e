import { assert, type ColumnId, failure, typeOf, type Value } from '@millrace/core';
import { columnsOf, type LogicalPlan, type PlanOf } from '@millrace/planner';
import { compareValues, evaluateReference, passes, quantified, tolerated } from './expressions.ts';
import type { ReferenceRun } from './interpreter.ts';
import { type Row, rowOf } from './row.ts';

interface ApplyScope {
  readonly run: ReferenceRun;
  readonly outer: Row | null;
  readonly interpret: (plan: LogicalPlan, run: ReferenceRun, outer: Row | null) => readonly Row[];
}

/** Runs the subquery once for every row of the input, that row in front of the enclosing ones. */
export function applyReference(plan: PlanOf<'apply'>, input: readonly Row[], scope: ApplyScope): readonly Row[] {
  return input.flatMap((row) => {
    const found = scope.interpret(plan.subquery, scope.run, row);
    const extend = (entries: Iterable<readonly [ColumnId, Value]>): Row =>
      rowOf([...row.values, ...entries], scope.outer);
    const { mode } = plan;
    switch (mode.kind) {
      case 'cross':
        return found.map((inner) => extend(inner.values));
      case 'left': {
        const joined = found
          .map((inner) => extend(inner.values))
          .filter((both) => passes(mode.on, both, scope.run.environment));
        return joined.length > 0
          ? joined
          : [extend(columnsOf(plan.subquery).map((column) => [column.id, null] as const))];
      }
      default:
        return [
          extend([[mode.output.id, tolerated(scope.run.environment, () => applyValue(plan, row, found, scope), null)]]),
        ];
    }
  });
}

function applyValue(plan: PlanOf<'apply'>, row: Row, found: readonly Row[], scope: ApplyScope): Value {
  const { mode } = plan;
  const columns = columnsOf(plan.subquery);
  const [first] = columns;
  const only = (inner: Row): Value => (first === undefined ? null : (inner.values.get(first.id) ?? null));
  switch (mode.kind) {
    case 'exists':
      return found.length > 0;
    case 'scalar': {
      if (found.length > 1) throw failure('cardinality');
      const [inner] = found;
      return inner === undefined ? null : only(inner);
    }
    case 'array':
      return found.map(only);
    case 'quantified': {
      const left = mode.left.map((expr) => evaluateReference(expr, row, scope.run.environment));
      const results = found.map((inner) => {
        const parts = left.map((value, index) => {
          const column = columns[index];
          const expr = mode.left[index];
          assert(column !== undefined && expr !== undefined, 'both sides of a row comparison are equally wide');
          return compareValues(mode.op, typeOf(expr), value, inner.values.get(column.id) ?? null);
        });
        return quantified('all', parts);
      });
      return quantified(mode.quantifier, results);
    }
    default:
      assert(false, `a ${mode.kind} apply has no value`);
  }
}
