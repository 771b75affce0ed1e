import { failure } from '@millrace/core';
import type { ColumnDef, Constraint, CreateStmt, DefElem, DropStmt, Node, PartitionSpec } from 'libpg-query';
import type { AstColumnDefinition, AstExpr, AstOption, AstStatement } from '../ast.ts';
import { at, type Conversion, expectFields, kindOf, placeOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertExpr } from './convert-expr.ts';
import { convertRelation } from './convert-from.ts';
import { convertTypeName } from './convert-type.ts';
import { unsupportedFeature } from './unsupported-feature.ts';

const TABLE_FIELDS: ReadonlySet<string> = new Set([
  'relation',
  'tableElts',
  'inhRelations',
  'partbound',
  'partspec',
  'ofTypename',
  'constraints',
  'options',
  'oncommit',
  'tablespacename',
  'accessMethod',
  'if_not_exists',
]);
const CONSTRAINT_WORDS: Readonly<Record<string, string>> = {
  CONSTR_IDENTITY: 'GENERATED',
  CONSTR_CHECK: 'CHECK',
  CONSTR_PRIMARY: 'PRIMARY KEY',
  CONSTR_UNIQUE: 'UNIQUE',
  CONSTR_EXCLUSION: 'EXCLUDE',
  CONSTR_FOREIGN: 'REFERENCES',
  CONSTR_ATTR_DEFERRABLE: 'DEFERRABLE',
  CONSTR_ATTR_NOT_DEFERRABLE: 'NOT DEFERRABLE',
  CONSTR_ATTR_DEFERRED: 'INITIALLY DEFERRED',
  CONSTR_ATTR_IMMEDIATE: 'INITIALLY IMMEDIATE',
};

/** CREATE TABLE; what it cannot say in our tree is listed in `unsupported` by its words. */
export function convertCreateTable(c: Conversion, create: CreateStmt): AstStatement {
  expectFields('CREATE TABLE', create, TABLE_FIELDS);
  const unsupported = unsupportedClauses(create);
  const columns: AstColumnDefinition[] = [];
  for (const node of create.tableElts ?? []) {
    if ('ColumnDef' in node) columns.push(convertColumn(c, node.ColumnDef, create.relation?.relname ?? ''));
    else if ('Constraint' in node) unsupported.push(constraintWord(node.Constraint));
    else unsupported.push(kindOf(node) === 'TableLikeClause' ? 'LIKE' : kindOf(node));
  }
  return {
    kind: 'create-table',
    name: convertRelation(c, create.relation!),
    ifNotExists: create.if_not_exists === true,
    columns,
    partitionBy: create.partspec === undefined ? null : convertPartition(create.partspec, unsupported),
    options: convertOptions(c, create.options),
    unsupported,
    at: 0,
  };
}

function unsupportedClauses(create: CreateStmt): string[] {
  const words: string[] = [];
  if (create.relation?.relpersistence === 't') words.push('TEMPORARY');
  if (create.relation?.relpersistence === 'u') words.push('UNLOGGED');
  if (create.partbound !== undefined) words.push('PARTITION OF');
  else if (create.inhRelations !== undefined) words.push('INHERITS');
  if (create.ofTypename !== undefined) words.push('OF');
  if (create.constraints !== undefined) words.push('CONSTRAINT');
  if (create.oncommit !== undefined && create.oncommit !== 'ONCOMMIT_NOOP') words.push('ON COMMIT');
  if (create.tablespacename !== undefined) words.push('TABLESPACE');
  // Every table is a Delta table, so `USING delta` says what happens anyway.
  if (create.accessMethod !== undefined && create.accessMethod !== 'delta') words.push(`USING ${create.accessMethod}`);
  return words;
}

function convertColumn(c: Conversion, column: ColumnDef, table: string): AstColumnDefinition {
  const unsupported: string[] = [];
  if (column.collClause !== undefined) unsupported.push('COLLATE');
  if (column.compression !== undefined) unsupported.push('COMPRESSION');
  if (column.storage_name !== undefined) unsupported.push('STORAGE');
  if (column.fdwoptions !== undefined) unsupported.push('OPTIONS');
  const name = column.colname ?? '';
  if (column.typeName === undefined) throw unsupportedAt(c, 'a column without a type', column.location);
  let nullability: 'CONSTR_NULL' | 'CONSTR_NOTNULL' | null = null;
  let defaultExpr: AstExpr | null = null;
  let generated: AstExpr | null = null;
  for (const node of column.constraints ?? []) {
    const constraint: Constraint = 'Constraint' in node ? node.Constraint : {};
    const type = constraint.contype;
    if (type === 'CONSTR_NULL' || type === 'CONSTR_NOTNULL') {
      if (nullability !== null && nullability !== type)
        throw conflict(c, constraint, 'conflicting NULL/NOT NULL declarations', { column: name, table });
      nullability = type;
    } else if (type === 'CONSTR_DEFAULT') {
      if (defaultExpr !== null)
        throw conflict(c, constraint, 'multiple default values specified', { column: name, table });
      defaultExpr = convertExpr(c, constraint.raw_expr!);
    } else if (type === 'CONSTR_GENERATED') {
      if (generated !== null)
        throw conflict(c, constraint, 'multiple generation clauses specified', { column: name, table });
      generated = convertExpr(c, constraint.raw_expr!);
      // The parser is PostgreSQL 18's, for which STORED is the exception; in 15 it must be written.
      if (constraint.generated_kind !== 's') unsupported.push('a generated column that is not STORED');
    } else {
      unsupported.push(constraintWord(constraint));
    }
    if (defaultExpr !== null && generated !== null)
      throw conflict(c, constraint, 'both default and generation expression specified', { column: name, table });
  }
  return {
    name,
    type: convertTypeName(c, column.typeName),
    notNull: nullability === 'CONSTR_NOTNULL' || column.is_not_null === true,
    default: defaultExpr,
    generated,
    unsupported,
    at: at(c, column.location),
  };
}

function conflict(
  c: Conversion,
  constraint: Constraint,
  what: string,
  { column, table }: { readonly column: string; readonly table: string },
): Error {
  const message = `${what} for column "${column}" of table "${table}"`;
  return failure('syntaxError', { message }, placeOf(c, constraint.location));
}

function constraintWord(constraint: Constraint): string {
  const type = String(constraint.contype);
  return CONSTRAINT_WORDS[type] ?? type.replace(/^CONSTR_/, '').replaceAll('_', ' ');
}

function convertPartition(
  spec: PartitionSpec,
  unsupported: string[],
): { readonly strategy: string; readonly columns: readonly string[] } {
  const columns: string[] = [];
  for (const node of spec.partParams ?? []) {
    const element = 'PartitionElem' in node ? node.PartitionElem : {};
    if (element.expr !== undefined) unsupported.push('PARTITION BY with an expression');
    if (element.collation !== undefined) unsupported.push('PARTITION BY with COLLATE');
    if (element.opclass !== undefined) unsupported.push('PARTITION BY with an operator class');
    if (element.name !== undefined) columns.push(element.name);
  }
  const strategy = String(spec.strategy)
    .replace(/^PARTITION_STRATEGY_/, '')
    .toLowerCase();
  return { strategy, columns };
}

/** `WITH (a.b = c)` and EXPLAIN's `(name value)` lists; value null where none was given. */
export function convertOptions(c: Conversion, nodes: readonly Node[] | undefined): AstOption[] {
  return (nodes ?? []).map((node) => {
    if (!('DefElem' in node)) throw unsupportedAt(c, `the option ${kindOf(node)}`, -1);
    const option: DefElem = node.DefElem;
    return {
      namespace: option.defnamespace ?? null,
      name: option.defname ?? '',
      value: option.arg === undefined ? null : optionText(c, option.arg, option.location),
    };
  });
}

/** The text of an option's or setting's value. */
export function optionText(c: Conversion, node: Node, location: number | undefined): string {
  if ('String' in node) return node.String.sval ?? '';
  if ('Integer' in node) return String(node.Integer.ival ?? 0);
  if ('Float' in node) return node.Float.fval ?? '0';
  if ('Boolean' in node) return node.Boolean.boolval ? 'true' : 'false';
  if ('TypeName' in node) return stringsOf(node.TypeName.names).at(-1) ?? '';
  if ('List' in node) return (node.List.items ?? []).map((item) => optionText(c, item, location)).join(',');
  if ('A_Star' in node) return '*';
  if ('A_Const' in node) {
    const literal = convertExpr(c, node);
    if (literal.kind === 'literal') return literal.text;
  }
  throw unsupportedAt(c, `the value ${kindOf(node)}`, location ?? -1);
}

/** DROP TABLE; DROP of anything else is named and refused. */
export function convertDrop(drop: DropStmt): AstStatement {
  if (drop.removeType !== 'OBJECT_TABLE') {
    return { kind: 'unsupported', feature: unsupportedFeature({ DropStmt: drop }), at: 0 };
  }
  return {
    kind: 'drop-table',
    names: (drop.objects ?? []).map((node) => ({
      parts: 'List' in node ? stringsOf(node.List.items) : stringsOf([node]),
      at: null,
    })),
    ifExists: drop.missing_ok === true,
    cascade: drop.behavior === 'DROP_CASCADE',
    at: 0,
  };
}
