import { type DataType, type Expr, failure, formatType, type GeneratedColumn, LIMITS } from '@millrace/core';
import type { AstColumnDefinition, AstOption, AstStatement } from '../sql/ast.ts';
import { bindGenerated } from './bind-generated.ts';
import { bindScalar } from './bind-scalar.ts';
import { deparse } from './deparse.ts';
import type { BindEnvironment } from './environment.ts';
import { positionOf } from './position.ts';
import { SYSTEM_COLUMNS } from './scope.ts';
import { typeFromAst } from './type-from-ast.ts';

type AstCreateTable = Extract<AstStatement, { kind: 'create-table' }>;

/** A column as CREATE TABLE defines it: what a CatalogColumn needs. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: DataType;
  readonly nullable: boolean;
  /** As `pg_get_expr` prints it; parses back to the same expression. */
  readonly defaultSql: string | null;
  readonly defaultExpr: Expr | null;
  readonly generated?: GeneratedColumn;
}
/** What CREATE TABLE asks for; the engine gives it OIDs, an id and a place. */
export interface TableDefinition {
  readonly schemaName: string | null;
  readonly name: string;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly partitionColumns: readonly string[];
  /** `WITH (...)` as written; the engine knows which there are. */
  readonly options: readonly AstOption[];
}

/**
 * Checks and types a CREATE TABLE. Throws 42701 (column twice), 42703 (partition column missing), 42P16 (too many or no
 * data columns), 42P17 (partition column of a type that is no partition value), 0A000 naming what is not supported.
 */
export function bindCreateTable(ast: AstCreateTable, environment: BindEnvironment): TableDefinition {
  const [unsupported] = ast.unsupported;
  if (unsupported !== undefined) {
    throw failure('notSupported', { feature: unsupported }, { position: positionOf(ast.at) });
  }
  const { parts } = ast.name;
  const name = parts[parts.length - 1]!;
  const columns = withGenerated(bindColumns(ast.columns, environment), ast.columns, name, environment);
  return {
    schemaName: parts.length > 1 ? parts[parts.length - 2]! : null,
    name,
    ifNotExists: ast.ifNotExists,
    columns,
    partitionColumns: ast.partitionBy === null ? [] : bindPartition(ast.partitionBy, columns, ast.at),
    options: ast.options,
  };
}

function bindColumns(
  definitions: readonly AstColumnDefinition[],
  environment: BindEnvironment,
): readonly ColumnDefinition[] {
  if (definitions.length === 0) throw failure('notSupported', { feature: 'a table without columns' });
  if (definitions.length > LIMITS.columnsMax) {
    throw failure('tooManyColumns', { message: `tables can have at most ${LIMITS.columnsMax} columns` });
  }
  const names = new Set<string>();
  return definitions.map((definition) => {
    const { name } = definition;
    const position = positionOf(definition.at);
    if (SYSTEM_COLUMNS.has(name)) {
      const message = `column name "${name}" conflicts with a system column name`;
      throw failure('systemColumn', { message });
    }
    if (names.has(name)) throw failure('duplicateColumn', { name });
    names.add(name);
    const [unsupported] = definition.unsupported;
    if (unsupported !== undefined) throw failure('notSupported', { feature: unsupported }, { position });
    return bindColumn(definition, environment);
  });
}

function bindColumn(definition: AstColumnDefinition, environment: BindEnvironment): ColumnDefinition {
  const { name } = definition;
  const type = typeFromAst(definition.type);
  refuseType(name, type, positionOf(definition.type.at ?? definition.at));
  const place = { clause: 'DEFAULT expressions', name };
  const bound = definition.default === null ? null : bindScalar(definition.default, type, environment, place);
  // DEFAULT NULL is no default, as in PostgreSQL's catalog.
  const defaultExpr = bound?.kind === 'literal' && bound.value === null ? null : bound;
  return {
    name,
    type,
    nullable: !definition.notNull,
    defaultSql: defaultExpr === null ? null : deparse(defaultExpr),
    defaultExpr,
  };
}

/** Generation expressions last, as they may read any column. */
function withGenerated(
  bound: readonly ColumnDefinition[],
  asts: readonly AstColumnDefinition[],
  table: string,
  environment: BindEnvironment,
): readonly ColumnDefinition[] {
  const columns = bound.map(({ name, type }, i) => ({ name, type, isGenerated: asts[i]!.generated !== null }));
  return bound.map((definition, i) => {
    const ast = asts[i]!.generated;
    if (ast === null) return definition;
    return { ...definition, generated: bindGenerated(ast, { table, columns, column: columns[i]! }, environment) };
  });
}

/** Types that exist in expressions only. */
const UNSTORED: ReadonlySet<DataType['kind']> = new Set([
  'oid',
  'regclass',
  'regtype',
  'regproc',
  'regnamespace',
  'bpchar',
  'name',
  'char',
  'interval',
]);

function refuseType(name: string, type: DataType, position: number | undefined): void {
  const item = type.kind === 'array' ? type.item : type;
  if (item.kind === 'unknown' || item.kind === 'void') {
    const message = `column "${name}" has pseudo-type ${item.kind}`;
    throw failure('invalidTableDefinition', { message }, { position });
  }
  if (UNSTORED.has(item.kind)) {
    throw failure('notSupported', { feature: `a column of type ${formatType(type)}` }, { position });
  }
}

const PARTITION_TYPES: ReadonlySet<DataType['kind']> = new Set([
  'bool',
  'int2',
  'int4',
  'int8',
  'numeric',
  'text',
  'varchar',
  'date',
  'timestamp',
  'timestamptz',
  'uuid',
]);

function bindPartition(
  partitionBy: { readonly strategy: string; readonly columns: readonly string[] },
  columns: readonly ColumnDefinition[],
  at: number | null,
): readonly string[] {
  const position = positionOf(at);
  if (partitionBy.strategy.toLowerCase() !== 'list') {
    throw failure('notSupported', { feature: `PARTITION BY ${partitionBy.strategy.toUpperCase()}` }, { position });
  }
  const seen = new Set<string>();
  for (const name of partitionBy.columns) {
    const column = columns.find((each) => each.name === name);
    if (column === undefined) {
      throw failure('undefinedColumn', { name: `"${name}" named in partition key` }, { position });
    }
    if (seen.has(name)) throw failure('duplicateColumn', { name }, { position });
    seen.add(name);
    if (!PARTITION_TYPES.has(column.type.kind)) {
      const message = `column "${name}" of type ${formatType(column.type)} cannot be a partition column`;
      throw failure('invalidObjectDefinition', { message }, { position });
    }
  }
  if (seen.size === columns.length) {
    const message = 'a table needs at least one column that is not a partition column';
    throw failure('invalidTableDefinition', { message }, { position });
  }
  return partitionBy.columns;
}
