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

/** COPY ... TO; COPY ... FROM is named and refused. */
export function convertCopy(c: Conversion, copy: CopyStmt): AstStatement {
  expectFields('COPY', copy, COPY_FIELDS);
  if (copy.is_from === true) return { kind: 'unsupported', feature: 'COPY FROM', at: 0 };
  return {
    kind: 'copy-to',
    table: copy.relation === undefined ? null : convertRelation(c, copy.relation),
    columns: copy.attlist === undefined ? null : stringsOf(copy.attlist),
    query: copy.query === undefined ? null : convertCopied(c, copy.query),
    target: copy.is_program === true ? 'program' : copy.filename === undefined ? 'client' : 'file',
    options: (copy.options ?? []).map((node) => convertOption(c, node)),
    at: 0,
  };
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
