import {
  type CatalogTable,
  columnsRead,
  type DataType,
  type Expr,
  isVolatile,
  mayFailPerRow,
  types,
} from '@millrace/core';
import { type LogicalPlan, literalExpr, type PlanOf, type ScanColumn } from '@millrace/planner';
import { generateExpr } from './expressions.ts';
import type { Choices } from './gene.ts';
import { FIXTURE_DERIVATIONS } from './generated-columns.ts';
import { literalOf } from './literals.ts';
import { predicateList } from './predicates.ts';
import { generateRange } from './ranges.ts';
import { exprScope, type PlanScope, type Position } from './scope.ts';
import { COMMON_TABLES, FIXTURE_TABLES } from './tables.ts';

/** A scan, sometimes rows of expressions, rarely a table function; what `path` says, if it says anything. */
export function generateLeaf(choices: Choices, scope: PlanScope, position: Position): LogicalPlan {
  const [forced] = position.path;
  const kind = forced ?? choices.oneOf(['scan', 'scan', 'scan', 'scan', 'values', 'function-scan'] as const);
  switch (kind) {
    case 'values':
    case 'memory':
      return values(choices, scope, position);
    case 'function-scan':
      return series(choices, scope);
    default:
      return scan(choices, scope);
  }
}

/** A scan as the binder makes it, of all columns; sometimes one that rules were at already. */
function scan(choices: Choices, scope: PlanScope): PlanOf<'scan'> {
  const favored = FIXTURE_TABLES.filter((candidate) => scope.tables.includes(candidate.name));
  const table = choices.oneOf(favored.length > 0 && choices.chance(3, 4) ? favored : COMMON_TABLES);
  const all = scanColumns(table, scope);
  const plain: PlanOf<'scan'> = {
    kind: 'scan',
    table: { tableId: table.tableId, schemaId: table.schemaId, schemaName: table.schemaName, name: table.name },
    columns: all,
    filters: [],
    range: null,
    filterColumns: [],
    ...estimate(choices, table),
  };
  if (!choices.chance(1, 3)) return plain;
  const cut = choices.pick(2) === 1 ? all.length - 1 : all.length;
  const filters = predicateList(choices, scope, all).filter((filter) => isScanFilter(filter));
  const range = scope.limits === 'prefix' && choices.chance(1, 2) ? generateRange(choices, scope) : null;
  return { ...plain, columns: all.slice(0, cut), filterColumns: all.slice(cut), filters, range };
}

/** Mostly what the catalog says, sometimes another number, rarely nothing. */
function estimate(choices: Choices, { estimatedRows }: CatalogTable): Pick<PlanOf<'scan'>, 'estimatedRows'> {
  const rows = choices.oneOf([estimatedRows, estimatedRows, 0, 7, 100_000, estimatedRows, null, estimatedRows]) ?? null;
  return rows === null ? {} : { estimatedRows: rows };
}

/** What a scan may be asked: it checks its filters in any order, so none may fail for one row and not for another. */
function isScanFilter(filter: Expr): boolean {
  return columnsRead(filter).size > 0 && !isVolatile(filter) && !mayFailPerRow(filter);
}

function scanColumns(table: CatalogTable, scope: PlanScope): readonly ScanColumn[] {
  return table.columns.map(({ name, type, generated }) => {
    const column: ScanColumn = { ...scope.newColumn(name, type), field: name };
    const source = FIXTURE_DERIVATIONS[table.name]?.[name]?.source;
    const derived: Pick<ScanColumn, 'derivedFrom'> =
      generated === undefined || source === undefined ? {} : { derivedFrom: { field: source, expr: generated.expr } };
    return { ...column, ...(table.partitionColumns.includes(name) ? { isPartition: true } : {}), ...derived };
  });
}

const CELL_TYPES: readonly DataType[] = [
  types.int4,
  types.text,
  types.bool,
  types.int8,
  types.float8,
  types.int4,
  types.timestamp,
  types.jsonb,
];

/** One to three columns, none to three rows: literals mostly, and expressions. */
function values(choices: Choices, scope: PlanScope, { outer }: Position): LogicalPlan {
  const columns = Array.from({ length: 1 + choices.pick(3) }, (_, i) =>
    scope.newColumn(`column${i + 1}`, choices.oneOf(CELL_TYPES)),
  );
  const exprs = exprScope(scope, outer);
  const rest = choices.pick(4);
  const cell = (type: DataType): Expr =>
    rest > 0 || choices.pick(3) > 0 ? literalOf(type, choices, exprs) : generateExpr(type, choices.part(), exprs, 2);
  const rows = Array.from({ length: choices.pick(4) }, () => columns.map(({ type }) => cell(type)));
  return { kind: 'values', columns, rows };
}

/** generate_series from and to a small number, or NULL, with or without ordinality. */
function series(choices: Choices, scope: PlanScope): LogicalPlan {
  const bound = (): Expr => literalExpr(choices.chance(1, 10) ? null : choices.pick(4), types.int4);
  return {
    kind: 'function-scan',
    fn: 'generate_series(int4,int4)',
    args: [bound(), bound()],
    columns: [scope.newColumn('generate_series', types.int4)],
    ordinality: choices.chance(1, 2) ? scope.newColumn('ordinality', types.int8) : null,
  };
}
