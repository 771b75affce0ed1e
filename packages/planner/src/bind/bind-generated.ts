import { type DataType, type Expr, failure, type GeneratedColumn, someExpr, volatilityOf } from '@millrace/core';
import type { AstExpr } from '../sql/ast.ts';
import { bindExpr } from './bind-expr.ts';
import { BindState } from './bind-state.ts';
import { guarded } from './bind-statement.ts';
import { coerceForColumn } from './coerce.ts';
import { deparse } from './deparse.ts';
import type { BindEnvironment } from './environment.ts';
import type { ExprContext } from './expr-context.ts';
import { positionOf } from './position.ts';
import type { Scope } from './scope.ts';

/** A column of the table that is being made, as far as its neighbours' expressions may know it. */
interface TableColumn {
  readonly name: string;
  readonly type: DataType;
  readonly isGenerated: boolean;
}
/** Where a generation expression stands. */
interface GeneratedPlace {
  readonly table: string;
  /** All columns, in order: column ids of the result are their attribute numbers. */
  readonly columns: readonly TableColumn[];
  /** The column it makes. */
  readonly column: TableColumn;
}

/**
 * GENERATED ALWAYS AS (expr) STORED: an expression over the table's other columns, cast to the column's type. Throws 42P17 if it is not
 * immutable or reads a generated column (its own included), 42804 without an assignment cast, 0A000 or 42803 for what cannot stand here.
 *
 * Stricter than PostgreSQL in one place: the cast to the column's type must be immutable as well (timestamptz to text is not).
 */
export function bindGenerated(ast: AstExpr, place: GeneratedPlace, environment: BindEnvironment): GeneratedColumn {
  return guarded(() => {
    const state = new BindState(environment);
    const scope = tableScope(state, place);
    const context: ExprContext = {
      state,
      scope,
      clause: 'column generation expressions',
      applies: null,
      aggregates: null,
      isInAggregate: false,
      sets: null,
    };
    const bound = bindExpr(context, ast);
    refuseGeneratedColumns(state, bound, place.columns);
    refuseParameters(bound);
    refuseMutable(bound);
    const expr = coerceForColumn(state, bound, place.column, null, 'default expression');
    refuseMutable(expr);
    return { sql: deparse(expr, (id) => place.columns[id - 1]?.name ?? `#${id}`), expr };
  });
}

/** The table as a FROM item: `a` and `t.a` are names. */
function tableScope(state: BindState, { table, columns }: GeneratedPlace): Scope {
  const named = columns.map(({ name, type }) => ({ ...state.newColumn(name, type, true), origin: null }));
  const item = {
    name: table,
    schemaName: null,
    columns: named,
    isQualifiedVisible: true,
    isUnqualifiedVisible: true,
    table: null,
  };
  return { items: [item], hidden: [], parent: null, ctes: null };
}

function refuseGeneratedColumns(state: BindState, expr: Expr, columns: readonly TableColumn[]): void {
  someExpr(expr, (part) => {
    const column = part.kind === 'column' ? columns[part.id - 1] : undefined;
    if (column?.isGenerated === true) {
      throw failure(
        'invalidObjectDefinition',
        { message: `cannot use generated column "${column.name}" in column generation expression` },
        {
          position: positionOf(state.positions.get(part) ?? null),
          detail: 'A generated column cannot reference another generated column.',
        },
      );
    }
    return false;
  });
}

function refuseParameters(expr: Expr): void {
  someExpr(expr, (part) => {
    if (part.kind === 'parameter') throw failure('undefinedParameter', { parameter: `$${part.index}` });
    return false;
  });
}

function refuseMutable(expr: Expr): void {
  if (volatilityOf(expr) === 'immutable') return;
  throw failure('invalidObjectDefinition', { message: 'generation expression is not immutable' });
}
