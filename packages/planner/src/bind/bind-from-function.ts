import { type Column, type DataType, type Expr, type FunctionSignature, failure, typeOf, types } from '@millrace/core';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { AstFrom } from '../sql/ast.ts';
import { type AstCall, chooseFunction, overloadsOf } from './bind-call.ts';
import { bindExpr } from './bind-expr.ts';
import { type BoundFrom, type FromContext, lateralScope, renamed } from './bind-from.ts';
import { coerceArguments, resultTypeOf } from './call-signature.ts';
import { resolveUnknown } from './coerce.ts';
import { applyAll, type ExprContext, type PendingApply } from './expr-context.ts';
import { outputName } from './output-name.ts';
import type { Candidate } from './overload-resolution.ts';
import { positionOf } from './position.ts';

type AstFunctionItem = Extract<AstFrom, { kind: 'function' }>;

const ONE_ROW: LogicalPlan = Object.freeze({ kind: 'values', columns: [], rows: [[]] });

/** A function in FROM, which may read the items to its left. A scalar function is one row of one column. */
export function bindFromFunction(context: FromContext, ast: AstFunctionItem): BoundFrom {
  const { state } = context;
  if (ast.hasColumnDefinitions) {
    throw failure('notSupported', { feature: 'a column definition list' }, { position: positionOf(ast.at) });
  }
  const applies: PendingApply[] = [];
  const exprContext: ExprContext = {
    state,
    scope: lateralScope(context, true),
    clause: 'functions in FROM',
    applies,
    aggregates: null,
    isInAggregate: false,
    sets: null,
  };
  const { call } = ast;
  const table = call.kind === 'call' ? tableFunction(exprContext, call) : null;
  const { plan, columns } =
    table === null ? scalarRow(exprContext, ast) : functionScan(exprContext, ast, table.chosen, table.args);
  const withApplies: LogicalPlan =
    applies.length === 0
      ? plan
      : { kind: 'apply', input: applyAll(ONE_ROW, applies), subquery: plan, mode: { kind: 'cross' } };
  return { plan: withApplies, items: [itemFor(ast, columns)] };
}

function itemFor(ast: AstFunctionItem, columns: readonly Column[]): BoundFrom['items'][number] {
  const item = {
    name: ast.alias?.name ?? outputName(ast.call),
    schemaName: null,
    columns: columns.map(({ name, id, type }) => ({ name, id, type, origin: null })),
    isQualifiedVisible: true,
    isUnqualifiedVisible: true,
    table: null,
  };
  return renamed(item, ast.alias);
}

interface TableCall {
  readonly chosen: Candidate<FunctionSignature>;
  readonly args: readonly Expr[];
}

function tableFunction(context: ExprContext, call: AstCall): TableCall | null {
  const { name, overloads } = overloadsOf(context.state, call);
  if (!overloads.some((signature) => signature.kind === 'table')) return null;
  const args = call.args.map((arg) => bindExpr(context, arg));
  const chosen = chooseFunction({ name, label: call.name.join('.'), overloads, args, at: call.at });
  if (chosen === null || chosen.target.kind !== 'table') return null;
  return { chosen, args: coerceArguments(context.state, chosen, args) };
}

function functionScan(
  { state }: ExprContext,
  ast: AstFunctionItem,
  chosen: Candidate<FunctionSignature>,
  args: readonly Expr[],
): { readonly plan: LogicalPlan; readonly columns: readonly Column[] } {
  const columns = columnsOfCall(chosen, args, ast).map(({ name, type }) => state.newColumn(name, type, true));
  const ordinality = ast.withOrdinality ? state.newColumn('ordinality', types.int8, false) : null;
  const plan: LogicalPlan = { kind: 'function-scan', fn: chosen.target.id, args, columns, ordinality };
  return { plan, columns: ordinality === null ? columns : [...columns, ordinality] };
}

/** A function of one unnamed column calls it by the alias, else by its own name. */
function columnsOfCall(
  chosen: Candidate<FunctionSignature>,
  args: readonly Expr[],
  ast: AstFunctionItem,
): readonly { readonly name: string; readonly type: DataType }[] {
  const { target } = chosen;
  if (target.columns !== undefined) return target.columns;
  const name = target.name;
  if (target.variadic === true && args.length > 1) {
    return args.map((arg) => {
      const type = typeOf(arg);
      return { name, type: type.kind === 'array' ? type.item : type };
    });
  }
  return [{ name: ast.alias?.name ?? name, type: resultTypeOf(chosen, args) }];
}

function scalarRow(
  context: ExprContext,
  ast: AstFunctionItem,
): { readonly plan: LogicalPlan; readonly columns: readonly Column[] } {
  const { state } = context;
  const expr = resolveUnknown(state, bindExpr(context, ast.call));
  const column = state.newColumn(ast.alias?.name ?? outputName(ast.call), typeOf(expr), true);
  const assignments = [{ column, expr }];
  if (ast.withOrdinality) {
    const ordinality = state.newColumn('ordinality', types.int8, false);
    assignments.push({ column: ordinality, expr: { kind: 'literal', value: 1n, type: types.int8 } });
  }
  return {
    plan: { kind: 'project', input: ONE_ROW, assignments },
    columns: assignments.map((assignment) => assignment.column),
  };
}
