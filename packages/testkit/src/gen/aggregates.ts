import {
  aggregateSignatures,
  assert,
  type DataType,
  type Expr,
  standardFunctions,
  typeOf,
  types,
} from '@millrace/core';
import { type Aggregation, columnsOf, type LogicalPlan, type PlanOf } from '@millrace/planner';
import { generateExpr } from './expressions.ts';
import type { Choices } from './gene.ts';
import { generatePredicate } from './predicates.ts';
import { exprScope, type PlanScope } from './scope.ts';

const ARRAY_AGG = 'array_agg(anynonarray)';
const AGGREGATES: readonly (readonly [id: string, arg: DataType | null])[] = [
  ['count(*)', null],
  ['count(any)', types.int4],
  ['sum(int4)', types.int4],
  ['min(int4)', types.int4],
  ['max(int4)', types.int4],
  ['max(float8)', types.float8],
  ['min(text)', types.text],
  ['bool_or(bool)', types.bool],
  ['bool_and(bool)', types.bool],
  ['sum(int8)', types.int8],
  [ARRAY_AGG, types.int4],
  ['max(date)', types.date],
  ['min(timestamp)', types.timestamp],
  ['max(timestamptz)', types.timestamptz],
  ['max(interval)', types.interval],
  ['sum(numeric)', types.numeric],
  ['max(numeric)', types.numeric],
  ['count(any)', types.text],
  ['count(any)', types.jsonb],
];

/** None to two groups, one to three aggregations, some of them with FILTER or DISTINCT; without groups also over no rows. */
export function generateAggregate(choices: Choices, scope: PlanScope, input: LogicalPlan): PlanOf<'aggregate'> {
  const columns = columnsOf(input);
  const groupBy = columns.filter(() => choices.pick(3) === 1).slice(0, 2);
  const exprs = exprScope(scope, columns);
  const aggregations = Array.from({ length: 1 + choices.pick(3) }, (): Aggregation => {
    const [fn, argType] = choices.oneOf(AGGREGATES);
    const args = argType === null ? [] : [generateExpr(argType, choices.part(), exprs, 2)];
    return {
      column: scope.newColumn('agg', resultType(fn, args)),
      fn,
      args,
      isDistinct: args.length > 0 && fn !== ARRAY_AGG && choices.chance(1, 4),
      filter: choices.chance(1, 4) ? generatePredicate(choices.part(), exprs, 2) : null,
      // Without an order array_agg takes its inputs as they come, which nobody promises.
      orderBy: fn === ARRAY_AGG ? args.map((expr) => ({ expr, descending: false, nullsFirst: false })) : [],
    };
  });
  return { kind: 'aggregate', input, groupBy: groupBy.map((column) => column.id), aggregations };
}

function resultType(id: string, args: readonly Expr[]): DataType {
  const signature = standardFunctions.byId(id) ?? aggregateSignatures.find((candidate) => candidate.id === id);
  assert(signature !== undefined, `there is no aggregate ${id}`);
  const { returns } = signature;
  if (typeof returns === 'function') return returns(args.map(typeOf));
  assert(typeof returns !== 'string', `${id} is polymorphic`);
  return returns;
}
