import { createVectorBuilder, type FormatSettings, LIMITS, someExpr } from '@millrace/core';
import type { ParameterRows } from '@millrace/exec';
import type { ParsedStatement, PhysicalOf } from '@millrace/planner';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';
import type { Session } from '../session/session.ts';
import { formsFor, type LiteralColumn, readLiteralRows, rowWidth } from './literal-rows.ts';

/**
 * `insert into t (a, b) values `, as far as the first row. Where it could be read in another way the parser decides: the template is this text,
 * character for character, with parameters behind it.
 */
const HEAD =
  /[ \t\n\r\f]*insert[ \t\n\r\f]+into[ \t\n\r\f]+(?:[a-z_][a-z0-9_$]*|"[ !#-~]+")(?:\.(?:[a-z_][a-z0-9_$]*|"[ !#-~]+"))?[ \t\n\r\f]*(?:\((?:[ \t\n\r\f]*(?:[a-z_][a-z0-9_$]*|"[ !#-~]+")[ \t\n\r\f]*[,)])+)?[ \t\n\r\f]*values[ \t\n\r\f]*(?=\()/iy;

/** Where the rows of an INSERT of literals begin; -1 if the text is anything else. */
export function insertHeadEnd(sql: string): number {
  HEAD.lastIndex = 0;
  return HEAD.test(sql) ? HEAD.lastIndex : -1;
}

/** The template's own statement: one row, of as many parameters as the text's first row has cells. Null if that is not a plain row. */
export function insertTemplateText(sql: string, headEnd: number): string | null {
  const width = rowWidth(sql, headEnd, LIMITS.columnsMax);
  if (width === 0) return null;
  return `${sql.slice(0, headEnd)}(${Array.from({ length: width }, (_, i) => `$${i + 1}`).join()})`;
}

/** The direct insert of one row of parameters, each of them once: what rows of literals may go through. */
function liftable(plan: PreparedPlan): PhysicalOf<'direct-insert'> | null {
  const { physical } = plan;
  if (physical.op !== 'direct-insert' || physical.rows.length !== 1) return null;
  const [cells = []] = physical.rows;
  // A policy may have put an expression over a value: it is asked for each row, by the plan of the whole text.
  if (cells.some((cell) => cell.kind === 'expr' && someExpr(cell.expr, (part) => part.kind === 'parameter')))
    return null;
  const indexes = cells.flatMap((cell) => (cell.kind === 'parameter' ? [cell.index] : []));
  const isEachOnce = new Set(indexes).size === indexes.length && indexes.length === plan.parameterTypes.length;
  return isEachOnce ? physical : null;
}

/** Whether the plan of a template's statement may stand for rows of literals. */
export function isInsertTemplate({ statement }: ParsedStatement, plan: PreparedPlan): boolean {
  if (statement.kind !== 'insert' || statement.source?.body.kind !== 'values') return false;
  return liftable(plan) !== null;
}

/** The literals of a text as columns, by the plan of its template; null if one of them is not what it seems, or not what its column takes. */
export function literalsAsColumns(
  session: Session,
  sql: string,
  { headEnd, plan }: { readonly headEnd: number; readonly plan: PreparedPlan },
): ParameterRows | null {
  const physical = liftable(plan);
  if (physical === null) return null;
  const columns: LiteralColumn[] = [];
  const capacityRows = estimatedRows(sql, headEnd);
  for (const [i, cell] of physical.rows[0]!.entries()) {
    if (cell.kind !== 'parameter') continue;
    const { type } = physical.fields[i]!;
    columns[cell.index - 1] = { builder: createVectorBuilder(type, { capacityRows }), takes: formsFor(type) };
  }
  const bytes = new TextEncoder().encode(sql.slice(headEnd));
  if (bytes.includes(0)) return null;
  const rowCount = readLiteralRows(bytes, 0, columns, formatOf(session));
  return rowCount === null ? null : { rowCount, columns: columns.map(({ builder }) => builder.finish()) };
}

/** `now` as text means the transaction's start, which is this statement's where none is open. */
function formatOf(session: Session): FormatSettings {
  const { current } = session.transactions;
  return { ...session.format, nowMicros: current?.startMicros ?? session.statementMicros };
}

/** As many rows as there are of the first one's length, and some: builders that grow copy what they have. */
function estimatedRows(sql: string, headEnd: number): number {
  const close = sql.indexOf(')', headEnd);
  return Math.min(Math.ceil((1.1 * (sql.length - headEnd)) / (close - headEnd + 2)) + 1, LIMITS.batchRows);
}
