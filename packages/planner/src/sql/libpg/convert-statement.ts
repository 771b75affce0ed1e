import type { ExplainStmt, InsertStmt, Node } from 'libpg-query';
import type { AstStatement } from '../ast.ts';
import { at, type Conversion, enter, expectFields, kindOf, stringsOf, unsupportedAt } from './conversion.ts';
import { convertArguments } from './convert-call.ts';
import { convertCopy } from './convert-copy.ts';
import { convertCreateTable, convertDrop, convertOptions } from './convert-ddl.ts';
import { convertExprs } from './convert-expr.ts';
import { convertRelation } from './convert-from.ts';
import { convertItem, convertQuery, convertSelect, convertWith } from './convert-query.ts';
import { convertDiscard, convertSet, convertShow, convertTransaction } from './convert-session.ts';
import { convertTypeName } from './convert-type.ts';
import { unsupportedFeature } from './unsupported-feature.ts';

const INSERT_FIELDS: ReadonlySet<string> = new Set([
  'relation',
  'cols',
  'selectStmt',
  'onConflictClause',
  'returningClause',
  'withClause',
  'override',
]);

/** Any statement; what millrace does not run becomes `unsupported` with the command's name. */
export function convertStatement(c: Conversion, node: Node): AstStatement {
  enter(c);
  const statement = convertData(c, node) ?? convertUtility(c, node);
  c.depth--;
  return statement ?? { kind: 'unsupported', feature: unsupportedFeature(node), at: 0 };
}

function convertData(c: Conversion, node: Node): AstStatement | null {
  if ('SelectStmt' in node) return { kind: 'query', query: convertSelect(c, node.SelectStmt), at: 0 };
  if ('InsertStmt' in node) return convertInsert(c, node.InsertStmt);
  if ('CreateStmt' in node) return convertCreateTable(c, node.CreateStmt);
  if ('DropStmt' in node) return convertDrop(node.DropStmt);
  if ('ExplainStmt' in node) return convertExplain(c, node.ExplainStmt);
  if ('CopyStmt' in node) return convertCopy(c, node.CopyStmt);
  return null;
}

function convertUtility(c: Conversion, node: Node): AstStatement | null {
  if ('VariableSetStmt' in node) return convertSet(c, node.VariableSetStmt);
  if ('VariableShowStmt' in node) return convertShow(node.VariableShowStmt);
  if ('TransactionStmt' in node) return convertTransaction(c, node.TransactionStmt);
  if ('DiscardStmt' in node) return convertDiscard(node.DiscardStmt);
  if ('CheckPointStmt' in node) return { kind: 'checkpoint', at: 0 };
  if ('CallStmt' in node) {
    const call = node.CallStmt.funccall ?? {};
    return {
      kind: 'call',
      name: stringsOf(call.funcname),
      ...convertArguments(c, call.args),
      at: at(c, call.location),
    };
  }
  if ('PrepareStmt' in node) {
    const { name, argtypes, query } = node.PrepareStmt;
    const parameterTypes = (argtypes ?? []).map((type) => convertTypeName(c, 'TypeName' in type ? type.TypeName : {}));
    // `sql` is filled in by the front end, which has the text.
    return {
      kind: 'prepare',
      name: name ?? '',
      parameterTypes,
      statement: convertStatement(c, query!),
      sql: '',
      at: 0,
    };
  }
  if ('ExecuteStmt' in node) {
    return {
      kind: 'execute',
      name: node.ExecuteStmt.name ?? '',
      args: convertExprs(c, node.ExecuteStmt.params),
      at: 0,
    };
  }
  if ('DeallocateStmt' in node) {
    const { isall, name } = node.DeallocateStmt;
    return { kind: 'deallocate', name: isall ? null : (name ?? ''), at: 0 };
  }
  return null;
}

function convertExplain(c: Conversion, explain: ExplainStmt): AstStatement {
  const options = convertOptions(c, explain.options);
  return { kind: 'explain', options, statement: convertStatement(c, explain.query!), at: 0 };
}

function convertInsert(c: Conversion, insert: InsertStmt): AstStatement {
  expectFields('INSERT', insert, INSERT_FIELDS);
  const unsupported: string[] = [];
  if (insert.onConflictClause !== undefined) unsupported.push('ON CONFLICT');
  const { returningClause } = insert;
  if ((returningClause?.options ?? []).length > 0) unsupported.push('RETURNING WITH');
  if (insert.override !== undefined && insert.override !== 'OVERRIDING_NOT_SET') unsupported.push('OVERRIDING');
  const columns = insert.cols?.map((node) => {
    if (!('ResTarget' in node)) throw unsupportedAt(c, `the insert column ${kindOf(node)}`, -1);
    const { name, indirection, location } = node.ResTarget;
    if (indirection !== undefined) throw unsupportedAt(c, 'assignment to a field or element', location);
    return { name: name ?? '', at: at(c, location) };
  });
  return {
    kind: 'insert',
    table: convertRelation(c, insert.relation!),
    alias: insert.relation?.alias?.aliasname ?? null,
    columns: columns ?? null,
    with: convertWith(c, insert.withClause),
    source: insert.selectStmt === undefined ? null : convertQuery(c, insert.selectStmt),
    ...(returningClause === undefined
      ? {}
      : { returning: (returningClause.exprs ?? []).map((node) => convertItem(c, node)) }),
    unsupported,
    at: 0,
  };
}
