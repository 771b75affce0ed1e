import { asMillraceError, failure } from '@millrace/core';
import type { AstStatement } from '../sql/ast.ts';
import { bindCopyFrom } from './bind-copy-from.ts';
import { bindInsert } from './bind-insert.ts';
import { bindQuery, type OutputColumn } from './bind-query.ts';
import { BindState } from './bind-state.ts';
import type { BindEnvironment, BoundColumn, BoundStatement } from './environment.ts';

/**
 * Turns a query, an INSERT or a COPY ... FROM into a typed logical plan: names become column ids, types are settled, parameters get types, subqueries become Apply
 * nodes. Pure and synchronous. Throws PostgreSQL's errors with positions; 54001 for too deep a statement; 0A000 for statements of other kinds.
 */
export function bindStatement(statement: AstStatement, environment: BindEnvironment): BoundStatement {
  const state = new BindState(environment);
  return guarded(() => {
    switch (statement.kind) {
      case 'query': {
        const bound = bindQuery(state, statement.query, { scope: null, ctes: null }, { keepUnknown: false });
        return { plan: bound.plan, columns: bound.columns.map(resultColumn), ...factsOf(state) };
      }
      case 'insert': {
        const { plan, columns } = bindInsert(state, statement);
        return { plan, columns: columns?.map(resultColumn) ?? null, ...factsOf(state) };
      }
      case 'copy-from':
        return { plan: bindCopyFrom(state, statement), columns: null, ...factsOf(state) };
      default:
        throw failure('notSupported', { feature: `a ${statement.kind} statement in this place` });
    }
  });
}

function resultColumn({ column: { name, id, type }, origin }: OutputColumn): BoundColumn {
  return { name, id, type, tableOid: origin?.tableOid ?? 0, attributeNumber: origin?.attributeNumber ?? 0 };
}

function factsOf(state: BindState): Omit<BoundStatement, 'plan' | 'columns'> {
  return {
    parameterTypes: state.parameters.finish(),
    tables: [...new Map([...state.tablesRead, ...state.tablesWritten]).values()],
    tablesRead: [...state.tablesRead.values()],
    tablesWritten: [...state.tablesWritten.values()],
    nextColumnId: state.nextColumnId,
  };
}

/** An exhausted stack is 54001, never a RangeError. */
export function guarded<T>(f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw error instanceof RangeError ? asMillraceError(error) : error;
  }
}
