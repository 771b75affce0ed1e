import type { DataType, ResultColumn } from '@millrace/core';
import type { LogicalPlan, PhysicalPlan } from '@millrace/planner';

/** A name that a plan resolved, and what it meant: the plan is valid while that holds. */
export interface TableReference {
  readonly schemaName: string | null;
  readonly name: string;
  readonly tableId: string;
  readonly schemaId: number;
}

/** A query or INSERT, planned: good for every parameter value. Plain data, shared by sessions through the plan cache. */
export interface PreparedPlan {
  readonly logical: LogicalPlan;
  readonly physical: PhysicalPlan;
  /** Whether phase `bind` has something to do at each execution. */
  readonly needsBinding: boolean;
  readonly nextColumnId: number;
  readonly parameterTypes: readonly DataType[];
  readonly columns: readonly ResultColumn[] | null;
  readonly references: readonly TableReference[];
  /** Every table it reads, for pinning. */
  readonly tableIds: readonly string[];
  readonly tablesWritten: readonly string[];
  readonly isWrite: boolean;
  /** Whether the physical plan is a direct insert, which decodes its parameters itself. */
  readonly isDirect: boolean;
}
