import type { DataType, TypeKind } from '../types/data-type.ts';
import { arrayOf, types } from '../types/data-type.ts';
import { defineSignature } from './definition.ts';
import type { ArgumentType, FunctionSignature, ReturnType } from './signature.ts';

const aggregate = (
  name: string,
  args: readonly ArgumentType[],
  returns: ReturnType,
  mayFail = false,
): FunctionSignature => defineSignature('aggregate', { name, args, returns, mayFail, strict: false });

/** Kinds that have min and max in PostgreSQL 15; varchar and name reach text by implicit cast. */
const ORDERED: readonly [TypeKind, DataType][] = [
  ['int2', types.int2],
  ['int4', types.int4],
  ['int8', types.int8],
  ['oid', types.oid],
  ['float4', types.float4],
  ['float8', types.float8],
  ['numeric', types.numeric],
  ['text', types.text],
  ['bpchar', { kind: 'bpchar', length: null }],
  ['date', types.date],
  ['timestamp', types.timestamp],
  ['timestamptz', types.timestamptz],
  ['interval', types.interval],
];

const SUMS: readonly [TypeKind, DataType][] = [
  ['int2', types.int8],
  ['int4', types.int8],
  ['int8', types.numeric],
  ['numeric', types.numeric],
  ['float4', types.float4],
  ['float8', types.float8],
  ['interval', types.interval],
];

const AVERAGES: readonly [TypeKind, DataType][] = [
  ['int2', types.numeric],
  ['int4', types.numeric],
  ['int8', types.numeric],
  ['numeric', types.numeric],
  ['float4', types.float8],
  ['float8', types.float8],
  ['interval', types.interval],
];

/**
 * Kinds whose sum and average cannot overflow: numeric has room for any number of rows, and an int8 for the sum of 2^32 rows of the largest int4.
 */
const NEVER_OVERFLOWS: ReadonlySet<TypeKind> = new Set(['int2', 'int4', 'int8', 'numeric']);

const STATISTICS = ['stddev', 'stddev_samp', 'stddev_pop', 'variance', 'var_samp', 'var_pop'];

/**
 * The aggregates, by PostgreSQL's names and result types; exec implements each by id. `count(*)` is the one with id `count(*)` and no
 * arguments. NULL arguments are skipped, except by array_agg, json_agg and jsonb_agg; no row gives NULL, except for count.
 */
export const aggregateSignatures: readonly FunctionSignature[] = Object.freeze([
  Object.freeze({ ...aggregate('count', [], types.int8), id: 'count(*)' }),
  aggregate('count', ['any'], types.int8),
  ...SUMS.map(([kind, returns]) => aggregate('sum', [kind], returns, !NEVER_OVERFLOWS.has(kind))),
  ...AVERAGES.map(([kind, returns]) => aggregate('avg', [kind], returns, !NEVER_OVERFLOWS.has(kind))),
  ...['min', 'max'].flatMap((name) => [
    ...ORDERED.map(([kind, returns]) => aggregate(name, [kind], returns)),
    aggregate(name, ['anyarray'], 'anyarray'),
  ]),
  ...['bool_and', 'bool_or', 'every'].map((name) => aggregate(name, ['bool'], types.bool)),
  aggregate('array_agg', ['anynonarray'], (args) => arrayOf(args[0] ?? types.text), true),
  aggregate('string_agg', ['text', 'text'], types.text, true),
  aggregate('string_agg', ['bytea', 'bytea'], types.bytea, true),
  ...STATISTICS.flatMap((name) => [
    ...(['int2', 'int4', 'int8', 'numeric'] as const).map((kind) => aggregate(name, [kind], types.numeric, true)),
    ...(['float4', 'float8'] as const).map((kind) => aggregate(name, [kind], types.float8, true)),
  ]),
  aggregate('json_agg', ['anyelement'], types.json, true),
  aggregate('jsonb_agg', ['anyelement'], types.jsonb, true),
]);
