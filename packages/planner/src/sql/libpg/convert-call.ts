import type { FuncCall, Node, SortBy } from 'libpg-query';
import type { AstExpr, AstSortKey } from '../ast.ts';
import { at, type Conversion, expectFields, kindOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertExpr, convertOptional } from './convert-expr.ts';
import { convertWindow } from './convert-window.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'funcname',
  'args',
  'agg_order',
  'agg_filter',
  'over',
  'agg_within_group',
  'agg_star',
  'agg_distinct',
  'func_variadic',
  'funcformat',
  'location',
]);

/**
 * A call. SQL's own spellings (EXTRACT, SUBSTRING FROM, TRIM, POSITION, OVERLAY, AT TIME ZONE ...) arrive as calls of `pg_catalog` functions
 * with the arguments in the order of PostgreSQL's grammar: `position('a' in b)` is `pg_catalog.position(b, 'a')`, `x at time zone z` is `pg_catalog.timezone(z, x)`.
 */
export function convertCall(c: Conversion, call: FuncCall): AstExpr {
  expectFields('FuncCall', call, FIELDS);
  const { args, argNames } = convertArguments(c, call.args);
  return {
    kind: 'call',
    name: stringsOf(call.funcname),
    args,
    isStar: call.agg_star === true,
    isDistinct: call.agg_distinct === true,
    isVariadic: call.func_variadic === true,
    orderBy: convertSortKeys(c, call.agg_order),
    filter: convertOptional(c, call.agg_filter),
    over: call.over === undefined ? null : convertWindow(c, call.over),
    withinGroup: call.agg_within_group === true,
    argNames,
    at: at(c, call.location),
  };
}

/** Arguments with their names (`f(a => 1)`), null where positional. */
export function convertArguments(
  c: Conversion,
  nodes: readonly Node[] | undefined,
): { args: AstExpr[]; argNames: (string | null)[] } {
  const args: AstExpr[] = [];
  const argNames: (string | null)[] = [];
  for (const node of nodes ?? []) {
    const named = 'NamedArgExpr' in node ? node.NamedArgExpr : null;
    args.push(convertExpr(c, named === null ? node : named.arg!));
    argNames.push(named?.name ?? null);
  }
  return { args, argNames };
}

/** ORDER BY, of a query or inside an aggregate. */
export function convertSortKeys(c: Conversion, nodes: readonly Node[] | undefined): AstSortKey[] {
  return (nodes ?? []).map((node) => {
    if (!('SortBy' in node)) throw unsupportedAt(c, `the sort key ${kindOf(node)}`, -1);
    return sortKey(c, node.SortBy);
  });
}

function sortKey(c: Conversion, sort: SortBy): AstSortKey {
  if (sort.sortby_dir === 'SORTBY_USING') throw unsupportedAt(c, 'ORDER BY ... USING', sort.location);
  const expr = convertExpr(c, sort.node!);
  const nulls = sort.sortby_nulls;
  return {
    expr,
    descending: sort.sortby_dir === 'SORTBY_DESC',
    nullsFirst: nulls === 'SORTBY_NULLS_FIRST' ? true : nulls === 'SORTBY_NULLS_LAST' ? false : null,
    at: expr.at,
  };
}
