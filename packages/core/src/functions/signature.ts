import type { Volatility } from '../expr/expr.ts';
import type { DataType, TypeKind } from '../types/data-type.ts';

/**
 * The type of an argument in a signature: a concrete kind, or a pseudo-type of PostgreSQL:
 * `any` (anything), `anyelement`/`anyarray` (all alike within one call), `anynonarray`, `anycompatible` (brought to a common type).
 */
export type ArgumentType =
  | TypeKind
  | 'any'
  | 'anyelement'
  | 'anyarray'
  | 'anynonarray'
  | 'anycompatible'
  | { readonly array: TypeKind };

/** How the result's type follows from the arguments'. */
export type ReturnType =
  | DataType
  | 'anyelement'
  | 'anycompatible'
  | 'anyarray'
  /** Computed from the (coerced) argument types. */
  | ((args: readonly DataType[]) => DataType);

/** A function or operator as the binder sees it. Operators are functions whose name is the symbol (`+`, `||`, `->>`); unary minus is `-` with one argument. */
export interface FunctionSignature {
  readonly kind: 'scalar' | 'aggregate' | 'window' | 'table';
  /** `name(kinds)`; unique per kind of function. */
  readonly id: string;
  readonly name: string;
  /** pg_catalog unless said otherwise. */
  readonly schema?: string;
  readonly args: readonly ArgumentType[];
  /** The last argument may repeat (VARIADIC "any" style: concat, format). */
  readonly variadic?: boolean;
  /** How many trailing arguments may be left out. */
  readonly optionalArgs?: number;
  /** A table function's: the type of its one column. */
  readonly returns: ReturnType;
  /** Names and types of a table function's columns where it has several, or one that is not named like the function. */
  readonly columns?: readonly { readonly name: string; readonly type: DataType }[];
  readonly volatility: Volatility;
  readonly mayFail: boolean;
  readonly strict: boolean;
}

/** What the binder resolves names against: every overload of a name, in declaration order. */
export interface FunctionCatalog {
  overloads(name: string): readonly FunctionSignature[];
  byId(id: string): FunctionSignature | undefined;
}
