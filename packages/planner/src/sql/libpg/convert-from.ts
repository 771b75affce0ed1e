import type { Alias, JoinExpr, Node, RangeFunction, RangeVar } from 'libpg-query';
import type { AstAlias, AstFrom, AstName } from '../ast.ts';
import { at, type Conversion, enter, expectFields, kindOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertExpr, convertOptional } from './convert-expr.ts';
import { convertQuery } from './convert-query.ts';

const TABLE_FIELDS: ReadonlySet<string> = new Set([
  'catalogname',
  'schemaname',
  'relname',
  'inh',
  'relpersistence',
  'alias',
  'location',
]);
const JOIN_FIELDS: ReadonlySet<string> = new Set([
  'jointype',
  'isNatural',
  'larg',
  'rarg',
  'usingClause',
  'join_using_alias',
  'quals',
  'alias',
]);
const JOIN_TYPES: Readonly<Record<string, 'inner' | 'left' | 'right' | 'full'>> = {
  JOIN_INNER: 'inner',
  JOIN_LEFT: 'left',
  JOIN_RIGHT: 'right',
  JOIN_FULL: 'full',
};

/** The items of FROM. */
export function convertFromList(c: Conversion, nodes: readonly Node[] | undefined): AstFrom[] {
  return (nodes ?? []).map((node) => convertFrom(c, node));
}

/** A relation's name. ONLY and `*` change nothing here: there is no inheritance. */
export function convertRelation(c: Conversion, relation: RangeVar): AstName {
  expectFields('RangeVar', relation, TABLE_FIELDS);
  const parts: string[] = [];
  if (relation.catalogname !== undefined) parts.push(relation.catalogname);
  if (relation.schemaname !== undefined) parts.push(relation.schemaname);
  parts.push(relation.relname ?? '');
  return { parts, at: at(c, relation.location) };
}

function convertFrom(c: Conversion, node: Node): AstFrom {
  enter(c);
  const from = convertFromNode(c, node);
  c.depth--;
  return from;
}

function convertFromNode(c: Conversion, node: Node): AstFrom {
  if ('RangeVar' in node) return convertTable(c, node.RangeVar, false);
  if ('JoinExpr' in node) return convertJoin(c, node.JoinExpr);
  if ('RangeFunction' in node) return convertFunction(c, node.RangeFunction);
  if ('RangeSubselect' in node) {
    const { lateral, subquery, alias } = node.RangeSubselect;
    const query = convertQuery(c, subquery!);
    return { kind: 'subquery', query, alias: aliasOf(alias), lateral: lateral === true, at: query.at };
  }
  if ('RangeTableSample' in node && node.RangeTableSample.relation && 'RangeVar' in node.RangeTableSample.relation) {
    return convertTable(c, node.RangeTableSample.relation.RangeVar, true);
  }
  const kind = kindOf(node);
  const feature = kind === 'RangeTableFunc' ? 'XMLTABLE' : kind === 'JsonTable' ? 'JSON_TABLE' : `the relation ${kind}`;
  throw unsupportedAt(c, feature, -1);
}

function convertTable(c: Conversion, relation: RangeVar, sample: boolean): AstFrom {
  const name = convertRelation(c, relation);
  return { kind: 'table', name, alias: aliasOf(relation.alias), sample, at: name.at };
}

function aliasOf(alias: Alias | undefined): AstAlias | null {
  return alias === undefined ? null : { name: alias.aliasname ?? '', columnNames: stringsOf(alias.colnames) };
}

function convertFunction(c: Conversion, range: RangeFunction): AstFrom {
  const functions = range.functions ?? [];
  const first = functions[0];
  if (functions.length !== 1 || first === undefined || !('List' in first)) throw unsupportedAt(c, 'ROWS FROM', -1);
  const [callNode, definitions] = first.List.items ?? [];
  const call = convertExpr(c, callNode!);
  const hasOwnDefinitions = definitions !== undefined && kindOf(definitions) !== 'nothing';
  return {
    kind: 'function',
    call,
    alias: aliasOf(range.alias),
    withOrdinality: range.ordinality === true,
    lateral: range.lateral === true,
    hasColumnDefinitions: range.coldeflist !== undefined || hasOwnDefinitions,
    at: call.at,
  };
}

function convertJoin(c: Conversion, join: JoinExpr): AstFrom {
  expectFields('JoinExpr', join, JOIN_FIELDS);
  const type = JOIN_TYPES[String(join.jointype)];
  if (type === undefined) throw unsupportedAt(c, `the join ${join.jointype}`, -1);
  if (join.join_using_alias !== undefined) throw unsupportedAt(c, 'an alias of JOIN ... USING', -1);
  const left = convertFrom(c, join.larg!);
  const right = convertFrom(c, join.rarg!);
  const isCross =
    type === 'inner' && join.quals === undefined && join.usingClause === undefined && join.isNatural !== true;
  return {
    kind: 'join',
    type: isCross ? 'cross' : type,
    left,
    right,
    on: convertOptional(c, join.quals),
    using: join.usingClause === undefined ? null : stringsOf(join.usingClause),
    natural: join.isNatural === true,
    alias: aliasOf(join.alias),
    at: right.at,
  };
}
