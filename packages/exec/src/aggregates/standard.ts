import { aggregateSignatures, assert, type FunctionSignature } from '@millrace/core';
import { ArrayAccumulator } from './array-agg.ts';
import { BoolAccumulator } from './bool.ts';
import { CountAccumulator } from './count.ts';
import { type Accumulator, type AggregateCall, type AggregateDefinition, defineAggregate } from './definition.ts';
import { ExtremeAccumulator } from './extreme.ts';
import { FloatMomentsAccumulator } from './float-moments.ts';
import { FloatSumAccumulator } from './float-sum.ts';
import { IntegerSumAccumulator } from './integer-sum.ts';
import { IntervalSumAccumulator } from './interval-sum.ts';
import { JsonAccumulator } from './json-agg.ts';
import { NumericSumAccumulator } from './numeric-sum.ts';
import { NumericVarianceAccumulator, type VarianceKind } from './numeric-variance.ts';
import { StringAccumulator } from './string-agg.ts';

type Factory = (call: AggregateCall) => Accumulator;

const isFloat = (call: AggregateCall): boolean =>
  call.argTypes[0]?.kind === 'float4' || call.argTypes[0]?.kind === 'float8';

const variance = (isSample: boolean, isDeviation: boolean): Factory => {
  const kind: VarianceKind = { isSample, isDeviation };
  return (call) =>
    isFloat(call) ? new FloatMomentsAccumulator(call, kind) : new NumericVarianceAccumulator(call, kind);
};

function sum(call: AggregateCall): Accumulator {
  switch (call.returns.kind) {
    case 'int8':
      return new IntegerSumAccumulator(call);
    case 'interval':
      return new IntervalSumAccumulator(call, false);
    default:
      return isFloat(call) ? new FloatSumAccumulator(call) : new NumericSumAccumulator(call, false);
  }
}

function average(call: AggregateCall): Accumulator {
  if (isFloat(call)) return new FloatMomentsAccumulator(call, null);
  return call.returns.kind === 'interval'
    ? new IntervalSumAccumulator(call, true)
    : new NumericSumAccumulator(call, true);
}

/** By the name of the signature; the types of the call choose the kernel. */
const FACTORIES: Readonly<Record<string, Factory>> = {
  count: () => new CountAccumulator(),
  sum,
  avg: average,
  min: (call) => new ExtremeAccumulator(call, false),
  max: (call) => new ExtremeAccumulator(call, true),
  bool_and: (call) => new BoolAccumulator(call, true),
  every: (call) => new BoolAccumulator(call, true),
  bool_or: (call) => new BoolAccumulator(call, false),
  array_agg: (call) => new ArrayAccumulator(call),
  string_agg: (call) => new StringAccumulator(call),
  json_agg: (call) => new JsonAccumulator(call),
  jsonb_agg: (call) => new JsonAccumulator(call),
  variance: variance(true, false),
  var_samp: variance(true, false),
  var_pop: variance(false, false),
  stddev: variance(true, true),
  stddev_samp: variance(true, true),
  stddev_pop: variance(false, true),
};

/** Aggregates whose result depends on the order of their rows: DISTINCT gives them their values sorted, as PostgreSQL does. */
const ORDER_SENSITIVE: ReadonlySet<string> = new Set(['array_agg', 'string_agg', 'json_agg', 'jsonb_agg']);

/** How every aggregate that core declares is run. Law: none is missing. */
export const standardAggregates: readonly AggregateDefinition[] = Object.freeze(aggregateSignatures.map(definitionOf));

function definitionOf(signature: FunctionSignature): AggregateDefinition {
  const factory = FACTORIES[signature.name];
  assert(factory !== undefined, `the aggregate ${signature.id} has an accumulator`);
  return defineAggregate({
    signature,
    isOrderSensitive: ORDER_SENSITIVE.has(signature.name),
    createAccumulator: factory,
  });
}
