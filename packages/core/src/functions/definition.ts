import type { Volatility } from '../expr/expr.ts';
import type { EvaluationContext } from '../ports/evaluation-context.ts';
import type { DataType } from '../types/data-type.ts';
import type { Value } from '../types/value.ts';
import type { ColumnVector } from '../vector/column-vector.ts';
import type { ArgumentType, FunctionSignature, ReturnType } from './signature.ts';

/** The concrete types of one call: what polymorphic kernels (`to_json`, `array_append`, `pg_typeof`) look at. */
export interface CallTypes {
  readonly args: readonly DataType[];
  readonly returns: DataType;
}

/**
 * A kernel that computes one row. For a strict function no argument is null. Returns a value of the call's result type. `args` is the
 * same array for every row: a kernel must not keep it.
 * `context.session.catalog(question, argument)` reaches the catalog, `context.format` the session's time zone.
 */
export type RowKernel = (args: readonly Value[], context: EvaluationContext, types: CallTypes) => Value;

/**
 * A kernel that computes a whole batch: all arguments have `rowCount` rows in any form (constant and dictionary included); the result
 * has `rowCount` rows of the call's result type. Law: it handles NULL itself, also where the function is strict, and must not raise an
 * error for a row with a NULL argument then.
 */
export type VectorKernel = (
  args: readonly ColumnVector[],
  rowCount: number,
  context: EvaluationContext,
  types: CallTypes,
) => ColumnVector;

/** How a scalar function computes: value by value, or a vector at once. */
export type ScalarKernel =
  | { readonly kind: 'row'; readonly row: RowKernel }
  | { readonly kind: 'vector'; readonly vector: VectorKernel };

/** What a FunctionRegistry holds: a signature, and for scalar functions the kernel. Aggregates, window and table functions run in exec. */
export interface FunctionDefinition {
  readonly signature: FunctionSignature;
  readonly kernel: ScalarKernel | null;
}

/** What `defineScalarFunction` is told. */
export interface ScalarFunctionOptions {
  readonly name: string;
  readonly args: readonly ArgumentType[];
  readonly returns: ReturnType;
  /** immutable unless said. */
  readonly volatility?: Volatility;
  /** NULL in, NULL out, without being called: true unless said. */
  readonly strict?: boolean;
  /** Whether it can raise an error: true unless said, which is always safe. */
  readonly mayFail?: boolean;
  readonly schema?: string;
  /** The last argument may be given any number of times, also not at all. */
  readonly variadic?: boolean;
  readonly optionalArgs?: number;
  /** Table functions only; see FunctionSignature. */
  readonly columns?: FunctionSignature['columns'];
}

/**
 * Defines a scalar function or operator from a row-wise or a vectorized kernel; register it with `createFunctionRegistry`.
 *
 *     defineScalarFunction({ name: 'shout', args: ['text'], returns: types.text, mayFail: false,
 *                            row: ([text]) => (text as string).toUpperCase() })
 */
export function defineScalarFunction(
  options: ScalarFunctionOptions & ({ readonly row: RowKernel } | { readonly vector: VectorKernel }),
): FunctionDefinition {
  const kernel: ScalarKernel =
    'row' in options ? { kind: 'row', row: options.row } : { kind: 'vector', vector: options.vector };
  return Object.freeze({ signature: signatureOf('scalar', options), kernel: Object.freeze(kernel) });
}

/** A signature without a kernel: aggregates, window and table functions. */
export function defineSignature(
  kind: 'aggregate' | 'window' | 'table',
  options: ScalarFunctionOptions,
): FunctionSignature {
  return signatureOf(kind, options);
}

/** `name(kinds)`, the id of a function in a registry: `lower(text)`, `-(int4)`, `#>(jsonb,text[])`, `concat(any...)`. */
export function functionId(name: string, args: readonly ArgumentType[], variadic = false): string {
  const kinds = args.map((arg) => (typeof arg === 'string' ? arg : `${arg.array}[]`));
  return `${name}(${kinds.join(',')}${variadic ? '...' : ''})`;
}

function signatureOf(kind: FunctionSignature['kind'], options: ScalarFunctionOptions): FunctionSignature {
  const { name, args, returns, schema, variadic, optionalArgs, columns } = options;
  const id = functionId(name, args, variadic);
  return Object.freeze({
    kind,
    id: schema === undefined ? id : `${schema}.${id}`,
    name,
    args,
    returns,
    volatility: options.volatility ?? 'immutable',
    strict: options.strict ?? true,
    mayFail: options.mayFail ?? true,
    ...(schema === undefined ? {} : { schema }),
    ...(variadic === undefined ? {} : { variadic }),
    ...(optionalArgs === undefined ? {} : { optionalArgs }),
    ...(columns === undefined ? {} : { columns }),
  });
}
