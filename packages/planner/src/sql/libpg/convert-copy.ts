import { failure } from '@millrace/core';
import type { CopyStmt, DefElem, Node } from 'libpg-query';
import type { AstCopyOption, AstQuery, AstStatement } from '../ast.ts';
import { at, type Conversion, expectFields, kindOf, stringsOf, unsupportedAt } from './conversion.ts';
import { optionText } from './convert-ddl.ts';
import { convertRelation } from './convert-from.ts';
import { convertSelect } from './convert-query.ts';

const COPY_FIELDS: ReadonlySet<string> = new Set([
  'relation',
  'query',
  'attlist',
  'is_from',
  'is_program',
  'filename',
  'options',
  'whereClause',
]);

/** COPY ... TO and COPY ... FROM. */
export function convertCopy(c: Conversion, copy: CopyStmt): AstStatement {
  expectFields('COPY', copy, COPY_FIELDS);
  const peer = copy.is_program === true ? 'program' : copy.filename === undefined ? 'client' : 'file';
  const columns = copy.attlist === undefined ? null : stringsOf(copy.attlist);
  const options = (copy.options ?? []).map((node) => convertOption(c, node));
  const table = copy.relation === undefined ? null : convertRelation(c, copy.relation);
  if (copy.is_from === true && table !== null) {
    const hasWhere = copy.whereClause !== undefined;
    return { kind: 'copy-from', table, columns, source: peer, options, hasWhere, at: 0 };
  }
  const query = copy.query === undefined ? null : convertCopied(c, copy.query);
  return { kind: 'copy-to', table, columns, query, target: peer, options, at: 0 };
}

/** SELECT, VALUES and TABLE can be copied; of the rest PostgreSQL wants rows, which nothing here gives. */
function convertCopied(c: Conversion, node: Node): AstQuery {
  if ('SelectStmt' in node) return convertSelect(c, node.SelectStmt);
  const statement = Object.values(node)[0] as { readonly returningClause?: unknown };
  if (statement.returningClause === undefined) {
    throw failure('notImplemented', { message: 'COPY query must have a RETURNING clause' });
  }
  throw unsupportedAt(c, `COPY of ${kindOf(node).replace(/Stmt$/, '').toUpperCase()} with RETURNING`, -1);
}

function convertOption(c: Conversion, node: Node): AstCopyOption {
  if (!('DefElem' in node)) throw unsupportedAt(c, `the option ${kindOf(node)}`, -1);
  const { defname, arg, location }: DefElem = node.DefElem;
  const option = { name: defname ?? '', at: at(c, location) };
  if (arg === undefined) return { ...option, kind: 'none', value: '', columns: [] };
  if ('A_Star' in arg) return { ...option, kind: 'all', value: '*', columns: [] };
  if ('List' in arg) return { ...option, kind: 'columns', value: '', columns: stringsOf(arg.List.items) };
  return { ...option, kind: 'value', value: optionText(c, arg, location), columns: [] };
}
