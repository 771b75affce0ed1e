import type { Column, ColumnId, DataType, Expr, Value } from '@millrace/core';
import type { PlanKind } from '@millrace/planner';

/** A parameter that a generated plan reads: its type, its value, and whether it arrives as the text bytes of a client. */
export interface GeneratedParameter {
  readonly type: DataType;
  readonly value: Value;
  readonly asBytes: boolean;
}

/**
 * Where a limit may keep whatever rows come first. `ordered`: nowhere, it stands on a sort by all columns, so that there is one answer. `root`:
 * at the root, under nothing but projections, where any choice is recognized as valid. `prefix`: anywhere, also as the range of a scan, for
 * rules that leave the order of rows alone: the rule must keep the very rows that the reference keeps.
 */
export type LimitPolicy = 'ordered' | 'root' | 'prefix';

/** What a plan under construction has of its own: ids, parameters, and where literals come from. */
export interface PlanScope {
  newColumn(name: string, type: DataType): Column;
  readonly parameters: GeneratedParameter[];
  /** What the tables hold of a type, without NULLs. */
  dataOf(type: DataType): readonly Value[];
  /** Whether `random()` may appear. */
  readonly volatile: boolean;
  /** What half of the literals are written as. */
  readonly favor: 'literals' | 'parameters' | 'casts';
  readonly limits: LimitPolicy;
  /** Whether a third of the expressions are ones that were made before. */
  readonly repeats: boolean;
  /** Fixture tables that three of four scans read; none: all alike. */
  readonly tables: readonly string[];
}

/** Where a plan under construction stands: what must come next, how deep it may still grow, and the columns of enclosing Applys. */
export interface Position {
  /** Kinds that the plan must have from here down, one below the other; then it goes on freely. */
  readonly path: readonly PlanKind[];
  readonly depth: number;
  readonly outer: readonly Column[];
  /** Whether nothing but limits and projections stands above. */
  readonly isRoot: boolean;
}

/** The columns an expression may read, and expressions that were made over them already. */
export interface ExprScope {
  readonly plan: PlanScope;
  readonly columns: readonly Column[];
  readonly made: { readonly type: DataType; readonly expr: Expr }[];
}

/** A scope for the expressions of one node. */
export function exprScope(plan: PlanScope, columns: readonly Column[]): ExprScope {
  return { plan, columns, made: [] };
}

/** Ids from 1. */
export function columnCounter(): { readonly newColumn: PlanScope['newColumn']; readonly next: () => number } {
  let id = 1;
  return {
    newColumn: (name, type) => ({ id: id++ as ColumnId, name, type, nullable: true }),
    next: () => id,
  };
}
