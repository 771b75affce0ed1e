import type { CatalogSnapshot, ColumnId, DataType, FunctionCatalog } from '@millrace/core';
import type { LogicalPlan } from '../plan/logical-plan.ts';

/** Everything binding depends on besides the syntax tree: immutable, so that binding is a pure function (law 8). */
export interface BindEnvironment {
  /** Every table the statement names, resolved beforehand. */
  readonly catalog: CatalogSnapshot;
  /** Scalar, aggregate and table signatures; `kind` tells which. */
  readonly functions: FunctionCatalog;
  /** Declared types of $1, $2 ...; null or missing = infer. */
  readonly parameterTypes: readonly (DataType | null)[];
}

/** A column of a bound statement's result. `tableOid`/`attributeNumber` are 0 unless it is a plain column of a table. */
export interface BoundColumn {
  readonly name: string;
  readonly id: ColumnId;
  readonly type: DataType;
  readonly tableOid: number;
  readonly attributeNumber: number;
}

/** A table a plan depends on: a cached plan is valid while all its pairs hold. */
export interface TableUse {
  readonly tableId: string;
  readonly schemaId: number;
}

/** What `bindStatement` makes of a query or an INSERT. */
export interface BoundStatement {
  readonly plan: LogicalPlan;
  /** Of $1, $2 ..., without gaps. */
  readonly parameterTypes: readonly DataType[];
  /** null for INSERT. */
  readonly columns: readonly BoundColumn[] | null;
  /** All tables, read or written. */
  readonly tables: readonly TableUse[];
  readonly tablesRead: readonly TableUse[];
  readonly tablesWritten: readonly TableUse[];
  /** The first id that rules may mint. */
  readonly nextColumnId: number;
}
