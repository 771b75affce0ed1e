import type { DataType } from './data-type.ts';

/** A column of a table, seen from outside: by name. */
export interface Field {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
}

/** What a table looks like from outside. */
export interface Schema {
  readonly fields: readonly Field[];
}

/** A column inside a plan. Unique within one statement's plan; minted only by the binder and `RuleContext.newColumn`. */
export type ColumnId = number & { readonly __brand: 'ColumnId' };

/** What a plan node produces: the id is the identity, the name is only a label. */
export interface Column extends Field {
  readonly id: ColumnId;
}
