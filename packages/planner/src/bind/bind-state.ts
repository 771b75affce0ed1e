import {
  type CatalogTable,
  type Column,
  type ColumnId,
  type DataType,
  type Expr,
  failure,
  LIMITS,
} from '@millrace/core';
import type { TableRef } from '../plan/logical-plan.ts';
import type { BindEnvironment, TableUse } from './environment.ts';
import { ParameterTypes } from './parameter-types.ts';

/** What binding one statement accumulates: column ids, inferred parameter types, tables used. Lives as long as one `bindStatement` call. */
export class BindState {
  readonly environment: BindEnvironment;
  readonly parameters: ParameterTypes;
  /** Where in the text an expression stands, for errors found later. */
  readonly positions: WeakMap<Expr, number> = new WeakMap();
  /** How a column was written out in full (`t.a`), for errors found later. */
  readonly labels: WeakMap<Expr, string> = new WeakMap();
  readonly tablesRead: Map<string, TableUse> = new Map();
  readonly tablesWritten: Map<string, TableUse> = new Map();
  private readonly nullable: Map<ColumnId, boolean> = new Map();
  private columnCount = 0;
  private depth = 0;

  constructor(environment: BindEnvironment) {
    this.environment = environment;
    this.parameters = new ParameterTypes(environment.parameterTypes, this.positions);
  }

  get nextColumnId(): number {
    return this.columnCount + 1;
  }

  newColumn(name: string, type: DataType, nullable: boolean): Column {
    this.columnCount += 1;
    const id = this.columnCount as ColumnId;
    this.nullable.set(id, nullable);
    return { id, name, type, nullable };
  }

  isNullable(id: ColumnId): boolean {
    return this.nullable.get(id) ?? true;
  }

  /** The columns come from the outer side of a join from here on. */
  markNullable(columns: readonly { readonly id: ColumnId }[]): void {
    for (const { id } of columns) this.nullable.set(id, true);
  }

  readTable(table: CatalogTable): TableRef {
    this.tablesRead.set(table.tableId, { tableId: table.tableId, schemaId: table.schemaId });
    return tableRefOf(table);
  }

  writeTable(table: CatalogTable): TableRef {
    this.tablesWritten.set(table.tableId, { tableId: table.tableId, schemaId: table.schemaId });
    return tableRefOf(table);
  }

  /** Runs `f` one level (or `weight` levels) deeper; 54001 beyond the limit, long before the stack ends. */
  nested<T>(weight: number, f: () => T): T {
    this.depth += weight;
    if (this.depth > LIMITS.nestingDepthMax) throw failure('tooComplex');
    try {
      return f();
    } finally {
      this.depth -= weight;
    }
  }
}

function tableRefOf(table: CatalogTable): TableRef {
  return { tableId: table.tableId, schemaId: table.schemaId, schemaName: table.schemaName, name: table.name };
}
