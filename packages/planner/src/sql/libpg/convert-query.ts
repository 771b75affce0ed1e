import type { LockingClause, Node, SelectStmt, WithClause } from 'libpg-query';
import type { AstCte, AstExpr, AstQuery, AstQueryBody, AstSelectItem } from '../ast.ts';
import { at, type Conversion, enter, expectFields, kindOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertSortKeys } from './convert-call.ts';
import { convertExpr, convertExprs, convertOptional } from './convert-expr.ts';
import { convertFromList } from './convert-from.ts';
import { convertStatement } from './convert-statement.ts';
import { convertNamedWindows } from './convert-window.ts';

const SELECT_FIELDS: ReadonlySet<string> = new Set([
  'distinctClause',
  'intoClause',
  'targetList',
  'fromClause',
  'whereClause',
  'groupClause',
  'groupDistinct',
  'havingClause',
  'windowClause',
  'valuesLists',
  'sortClause',
  'limitOffset',
  'limitCount',
  'limitOption',
  'lockingClause',
  'withClause',
  'op',
  'all',
  'larg',
  'rarg',
]);
const TARGET_FIELDS: ReadonlySet<string> = new Set(['name', 'val', 'location']);
const SET_OPERATIONS: Readonly<Record<string, 'union' | 'intersect' | 'except'>> = {
  SETOP_UNION: 'union',
  SETOP_INTERSECT: 'intersect',
  SETOP_EXCEPT: 'except',
};

/** A query where the grammar allows only one (subquery, CTE, source of an INSERT). */
export function convertQuery(c: Conversion, node: Node): AstQuery {
  if ('SelectStmt' in node) return convertSelect(c, node.SelectStmt);
  throw unsupportedAt(c, `${kindOf(node)} as a query`, -1);
}

/** SELECT, VALUES, TABLE or a set operation with what stands around it. */
export function convertSelect(c: Conversion, select: SelectStmt): AstQuery {
  enter(c);
  expectFields('SelectStmt', select, SELECT_FIELDS);
  const ctes = convertWith(c, select.withClause);
  const body = convertBody(c, select);
  const query: AstQuery = {
    with: ctes,
    isRecursive: select.withClause?.recursive === true,
    body,
    orderBy: convertSortKeys(c, select.sortClause),
    limit: notNull(convertOptional(c, select.limitCount)),
    offset: notNull(convertOptional(c, select.limitOffset)),
    withTies: select.limitOption === 'LIMIT_OPTION_WITH_TIES',
    locking: lockingOf(select.lockingClause),
    at: body.at,
  };
  c.depth--;
  return query;
}

/** LIMIT ALL and LIMIT NULL mean no limit. */
function notNull(expr: AstExpr | null): AstExpr | null {
  return expr !== null && expr.kind === 'literal' && expr.literal === 'null' ? null : expr;
}

function convertBody(c: Conversion, select: SelectStmt): AstQueryBody {
  const op = SET_OPERATIONS[String(select.op)];
  if (op !== undefined) {
    const left = convertSelect(c, select.larg!);
    const right = convertSelect(c, select.rarg!);
    return { kind: 'set-operation', op, all: select.all === true, left, right, at: left.at };
  }
  if (select.valuesLists !== undefined) return convertValues(c, select.valuesLists);
  return convertPlainSelect(c, select);
}

function convertValues(c: Conversion, lists: readonly Node[]): AstQueryBody {
  const rows = lists.map((list) => ('List' in list ? convertExprs(c, list.List.items) : []));
  return { kind: 'values', rows, at: rows[0]?.[0]?.at ?? null };
}

function convertPlainSelect(c: Conversion, select: SelectStmt): AstQueryBody {
  const items = (select.targetList ?? []).map((node) => convertItem(c, node));
  const distinct = select.distinctClause;
  const distinctOn = (distinct ?? []).filter((node) => kindOf(node) !== 'nothing');
  const from = convertFromList(c, select.fromClause);
  const groups = select.groupClause ?? [];
  const sets = groups.filter((node) => 'GroupingSet' in node);
  const unsupported: string[] = [];
  if (select.intoClause !== undefined) unsupported.push('SELECT INTO');
  if (select.groupDistinct) unsupported.push('GROUP BY DISTINCT');
  return {
    kind: 'select',
    isDistinct: distinct !== undefined && distinctOn.length === 0,
    distinctOn: convertExprs(c, distinctOn),
    items,
    from,
    where: convertOptional(c, select.whereClause),
    groupBy: convertExprs(
      c,
      groups.filter((node) => !('GroupingSet' in node)),
    ),
    groupingSets: sets.length === 0 ? null : groupingWord(sets[0]!),
    having: convertOptional(c, select.havingClause),
    windows: convertNamedWindows(c, select.windowClause),
    unsupported,
    at: items[0]?.at ?? null,
  };
}

function groupingWord(node: Node): string {
  const kind = 'GroupingSet' in node ? String(node.GroupingSet.kind) : '';
  if (kind.endsWith('_ROLLUP')) return 'ROLLUP';
  return kind.endsWith('_CUBE') ? 'CUBE' : 'GROUPING SETS';
}

/** An item of a select list or of RETURNING. */
export function convertItem(c: Conversion, node: Node): AstSelectItem {
  if (!('ResTarget' in node)) throw unsupportedAt(c, `the select item ${kindOf(node)}`, -1);
  const target = node.ResTarget;
  expectFields('ResTarget', target, TARGET_FIELDS);
  return { expr: convertExpr(c, target.val!), alias: target.name ?? null, at: at(c, target.location) };
}

/** The WITH list of a query or an INSERT. */
export function convertWith(c: Conversion, clause: WithClause | undefined): AstCte[] {
  return (clause?.ctes ?? []).map((node) => {
    if (!('CommonTableExpr' in node)) throw unsupportedAt(c, `the WITH item ${kindOf(node)}`, -1);
    const cte = node.CommonTableExpr;
    if (cte.search_clause !== undefined) throw unsupportedAt(c, 'SEARCH', cte.location);
    if (cte.cycle_clause !== undefined) throw unsupportedAt(c, 'CYCLE', cte.location);
    const mode = cte.ctematerialized;
    return {
      name: cte.ctename ?? '',
      columnNames: stringsOf(cte.aliascolnames),
      statement: convertStatement(c, cte.ctequery!),
      materialized: mode === 'CTEMaterializeAlways' ? true : mode === 'CTEMaterializeNever' ? false : null,
      at: at(c, cte.location),
    };
  });
}

const LOCKS: Readonly<Record<string, string>> = {
  LCS_FORKEYSHARE: 'FOR KEY SHARE',
  LCS_FORSHARE: 'FOR SHARE',
  LCS_FORNOKEYUPDATE: 'FOR NO KEY UPDATE',
  LCS_FORUPDATE: 'FOR UPDATE',
};

function lockingOf(nodes: readonly Node[] | undefined): string | null {
  const first = nodes?.[0];
  if (first === undefined) return null;
  const clause: LockingClause = 'LockingClause' in first ? first.LockingClause : {};
  return LOCKS[String(clause.strength)] ?? 'row locking';
}
