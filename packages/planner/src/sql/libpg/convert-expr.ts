import type { A_Expr, BoolExpr, CaseExpr, ColumnRef, Node, SubLink } from 'libpg-query';
import type { AstExpr } from '../ast.ts';
import { at, type Conversion, enter, kindOf, stringOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertCall } from './convert-call.ts';
import { convertCast } from './convert-cast.ts';
import { convertConstant } from './convert-constant.ts';
import { convertIndirection } from './convert-indirection.ts';
import { convertQuery } from './convert-query.ts';
import { convertSqlValue } from './convert-sql-value.ts';

/** An expression of the parser's tree as ours. The kinds that fill VALUES lists come first. */
export function convertExpr(c: Conversion, node: Node): AstExpr {
  if ('A_Const' in node) return convertConstant(c, node.A_Const);
  if ('ParamRef' in node) {
    const index = node.ParamRef.number ?? 0;
    if (index > c.parameterCount) c.parameterCount = index;
    return { kind: 'parameter', index, at: at(c, node.ParamRef.location) };
  }
  if ('ColumnRef' in node) return columnOrStar(c, node.ColumnRef);
  if ('SetToDefault' in node) return { kind: 'default', at: at(c, node.SetToDefault.location) };
  enter(c);
  const expr = convertComposite(c, node);
  c.depth--;
  return expr;
}

/** Expressions in order; absent = none. */
export function convertExprs(c: Conversion, nodes: readonly Node[] | undefined): AstExpr[] {
  return nodes === undefined ? [] : nodes.map((node) => convertExpr(c, node));
}

/** An expression that may be absent. */
export function convertOptional(c: Conversion, node: Node | undefined): AstExpr | null {
  return node === undefined ? null : convertExpr(c, node);
}

function convertComposite(c: Conversion, node: Node): AstExpr {
  if ('A_Expr' in node) return convertOperator(c, node.A_Expr);
  if ('FuncCall' in node) return convertCall(c, node.FuncCall);
  if ('TypeCast' in node) return convertCast(c, node.TypeCast);
  if ('BoolExpr' in node) return convertBool(c, node.BoolExpr);
  if ('SubLink' in node) return convertSubLink(c, node.SubLink, false);
  if ('CaseExpr' in node) return convertCase(c, node.CaseExpr);
  if ('A_Indirection' in node) return convertIndirection(c, node.A_Indirection);
  if ('SQLValueFunction' in node) return convertSqlValue(c, node.SQLValueFunction);
  return convertTest(c, node);
}

function convertTest(c: Conversion, node: Node): AstExpr {
  if ('NullTest' in node) {
    const { arg, nulltesttype, location } = node.NullTest;
    const negated = nulltesttype === 'IS_NOT_NULL';
    return { kind: 'is-null', operand: convertExpr(c, arg!), negated, at: at(c, location) };
  }
  if ('BooleanTest' in node) {
    const { arg, booltesttype, location } = node.BooleanTest;
    const word = String(booltesttype);
    return {
      kind: 'is-bool',
      operand: convertExpr(c, arg!),
      value: word.endsWith('TRUE') ? 'true' : word.endsWith('FALSE') ? 'false' : 'unknown',
      negated: word.startsWith('IS_NOT_'),
      at: at(c, location),
    };
  }
  if ('CoalesceExpr' in node) {
    const { args, location } = node.CoalesceExpr;
    return { kind: 'coalesce', args: convertExprs(c, args), at: at(c, location) };
  }
  if ('MinMaxExpr' in node) {
    const { args, op, location } = node.MinMaxExpr;
    return { kind: 'min-max', greatest: op === 'IS_GREATEST', args: convertExprs(c, args), at: at(c, location) };
  }
  if ('A_ArrayExpr' in node) {
    const { elements, location } = node.A_ArrayExpr;
    return { kind: 'array', items: convertExprs(c, elements), at: at(c, location) };
  }
  if ('RowExpr' in node) {
    return { kind: 'row', items: convertExprs(c, node.RowExpr.args), at: at(c, node.RowExpr.location) };
  }
  if ('CollateClause' in node) {
    const { arg, collname, location } = node.CollateClause;
    return { kind: 'collate', operand: convertExpr(c, arg!), collation: stringsOf(collname), at: at(c, location) };
  }
  throw unsupportedExpr(c, node);
}

function columnOrStar(c: Conversion, column: ColumnRef): AstExpr {
  const fields = column.fields ?? [];
  const last = fields[fields.length - 1];
  const position = at(c, column.location);
  if (last !== undefined && 'A_Star' in last) {
    return { kind: 'star', qualifier: fields.slice(0, -1).map(stringOf), at: position };
  }
  return { kind: 'column', parts: fields.map(stringOf), at: position };
}

/** The operator's symbol; a schema other than pg_catalog is refused. */
function symbolOf(c: Conversion, name: readonly Node[] | undefined, location: number | undefined): string {
  const parts = stringsOf(name);
  const schema = parts.length > 1 ? parts.slice(0, -1).join('.') : 'pg_catalog';
  if (schema !== 'pg_catalog') throw unsupportedAt(c, `an operator of schema "${schema}"`, location);
  return parts[parts.length - 1] ?? '';
}

function convertOperator(c: Conversion, expr: A_Expr): AstExpr {
  const { kind, lexpr, rexpr, location } = expr;
  const position = at(c, location);
  switch (kind) {
    case 'AEXPR_OP':
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
    case 'AEXPR_SIMILAR': {
      const op = symbolOf(c, expr.name, location);
      return { kind: 'operator', op, left: convertOptional(c, lexpr), right: convertExpr(c, rexpr!), at: position };
    }
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const quantifier = kind === 'AEXPR_OP_ANY' ? 'any' : 'all';
      const op = symbolOf(c, expr.name, location);
      return {
        kind: 'quantified',
        op,
        quantifier,
        left: convertExpr(c, lexpr!),
        right: convertExpr(c, rexpr!),
        at: position,
      };
    }
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const negated = kind === 'AEXPR_NOT_DISTINCT';
      return {
        kind: 'is-distinct',
        left: convertExpr(c, lexpr!),
        right: convertExpr(c, rexpr!),
        negated,
        at: position,
      };
    }
    case 'AEXPR_NULLIF':
      return { kind: 'nullif', left: convertExpr(c, lexpr!), right: convertExpr(c, rexpr!), at: position };
    case 'AEXPR_IN': {
      const negated = symbolOf(c, expr.name, location) === '<>';
      return { kind: 'in', operand: convertExpr(c, lexpr!), items: listOf(c, rexpr!), negated, at: position };
    }
    default:
      return convertBetween(c, expr);
  }
}

function convertBetween(c: Conversion, expr: A_Expr): AstExpr {
  const kind = String(expr.kind);
  if (!kind.includes('BETWEEN')) throw unsupportedAt(c, `the expression ${kind}`, expr.location);
  const operand = convertExpr(c, expr.lexpr!);
  const [low, high] = listOf(c, expr.rexpr!);
  return {
    kind: 'between',
    operand,
    low: low!,
    high: high!,
    negated: kind.includes('_NOT_'),
    symmetric: kind.endsWith('_SYM'),
    at: at(c, expr.location),
  };
}

function listOf(c: Conversion, node: Node): AstExpr[] {
  return 'List' in node ? convertExprs(c, node.List.items) : [convertExpr(c, node)];
}

function convertBool(c: Conversion, expr: BoolExpr): AstExpr {
  const position = at(c, expr.location);
  if (expr.boolop !== 'NOT_EXPR') {
    const kind = expr.boolop === 'AND_EXPR' ? 'and' : 'or';
    return { kind, operands: convertExprs(c, expr.args), at: position };
  }
  const operand = expr.args![0]!;
  // The grammar writes `a NOT IN (query)` as NOT (a IN (query)).
  if ('SubLink' in operand && operand.SubLink.subLinkType === 'ANY_SUBLINK' && !operand.SubLink.operName) {
    return convertSubLink(c, operand.SubLink, true);
  }
  return { kind: 'not', operand: convertExpr(c, operand), at: position };
}

function convertSubLink(c: Conversion, link: SubLink, negated: boolean): AstExpr {
  const position = at(c, link.location);
  const query = convertQuery(c, link.subselect!);
  switch (link.subLinkType) {
    case 'EXISTS_SUBLINK':
      return { kind: 'exists', query, at: position };
    case 'EXPR_SUBLINK':
      return { kind: 'scalar-subquery', query, at: position };
    case 'ARRAY_SUBLINK':
      return { kind: 'array-subquery', query, at: position };
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      const quantifier = link.subLinkType === 'ANY_SUBLINK' ? 'any' : 'all';
      const op = link.operName === undefined ? '=' : symbolOf(c, link.operName, link.location);
      const left = convertExpr(c, link.testexpr!);
      return { kind: 'subquery-compare', op, quantifier, left, query, negated, at: position };
    }
    default:
      throw unsupportedAt(c, `the subquery ${link.subLinkType}`, link.location);
  }
}

function convertCase(c: Conversion, expr: CaseExpr): AstExpr {
  const operand = convertOptional(c, expr.arg);
  const branches = (expr.args ?? []).map((node) => {
    if (!('CaseWhen' in node)) throw unsupportedExpr(c, node);
    // biome-ignore lint/suspicious/noThenProperty: SQL's word, and nothing awaits a tree
    return { when: convertExpr(c, node.CaseWhen.expr!), then: convertExpr(c, node.CaseWhen.result!) };
  });
  return { kind: 'case', operand, branches, otherwise: convertOptional(c, expr.defresult), at: at(c, expr.location) };
}

const FEATURES: Readonly<Record<string, string>> = {
  GroupingFunc: 'GROUPING',
  XmlExpr: 'an XML expression',
  XmlSerialize: 'XMLSERIALIZE',
  CurrentOfExpr: 'WHERE CURRENT OF',
  MergeSupportFunc: 'MERGE_ACTION',
  A_Star: 'row expansion via "*"',
  NamedArgExpr: 'a named argument here',
  List: 'a list here',
};

function unsupportedExpr(c: Conversion, node: Node): Error {
  const kind = kindOf(node);
  const body = (node as unknown as Readonly<Record<string, { readonly location?: number }>>)[kind];
  const isJson = kind.startsWith('Json');
  const feature = FEATURES[kind] ?? (isJson ? 'an SQL/JSON expression' : `the expression ${kind}`);
  return unsupportedAt(c, feature, body?.location ?? -1);
}
