import { type ResultColumn, types } from '@millrace/core';
import type { AstStatement } from '@millrace/planner';
import type { Session } from '../session/session.ts';
import { resultColumn } from './results.ts';
import { showColumns } from './settings.ts';

/** The result columns of a statement that is not planned; null = no rows. */
export function describeUtility(session: Session, statement: AstStatement): readonly ResultColumn[] | null {
  switch (statement.kind) {
    case 'show':
      return showColumns(session, statement.name);
    case 'explain':
      return [resultColumn('QUERY PLAN', types.text)];
    case 'execute':
      return session.statement(statement.name).columns;
    default:
      return null;
  }
}
