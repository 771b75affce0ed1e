import { type CatalogColumn, type DataType, type Expr, types } from '@millrace/core';
import { type Assignment, columnExpr, columnsOf, type LogicalPlan, literalExpr, type PlanOf } from '@millrace/planner';
import { callById, generateExpr, literalOf, parameterOf } from './expressions.ts';
import type { Choices } from './gene.ts';
import type { Position } from './plans.ts';
import { exprScope, type PlanScope } from './scope.ts';
import { FIXTURE_TABLES } from './tables.ts';

type GeneratePlan = (choices: Choices, scope: PlanScope, position: Position) => LogicalPlan;

/**
 * INSERT into a fixture table: rows of cells as the binder makes them (literals, parameters, assignment and explicit casts, defaults, missing
 * columns), directly or through a projection; sometimes the rows of a query.
 */
export function generateInsert(
  choices: Choices,
  scope: PlanScope,
  below: Position,
  generate: GeneratePlan,
): LogicalPlan {
  const table = choices.oneOf([...FIXTURE_TABLES].reverse());
  const [first] = below.path;
  const shape = first === undefined ? choices.oneOf(['values', 'values', 'project', 'query'] as const) : first;
  const input =
    shape === 'values' || shape === 'project'
      ? cells(choices, scope, table.columns, shape === 'project')
      : query(choices, scope, table.columns, generate(choices.part(), scope, below));
  const sources = columnsOf(input);
  const fields = table.columns.map(({ name, nullable }, i) => ({
    field: name,
    nullable,
    source: (sources[i] ?? sources[0])?.id ?? scope.newColumn('none', types.int4).id,
  }));
  const { tableId, schemaId, schemaName, name } = table;
  return { kind: 'insert', table: { tableId, schemaId, schemaName, name }, fields, input };
}

function cells(
  choices: Choices,
  scope: PlanScope,
  fields: readonly CatalogColumn[],
  isProjected: boolean,
): LogicalPlan {
  const columns = fields.map(({ name, type }) => scope.newColumn(name, type));
  const rowCount = 1 + choices.pick(3);
  const rows = Array.from({ length: rowCount }, () => {
    const row = choices.part();
    return columns.map(({ type }) => cellOf(type, row, scope));
  });
  const values: PlanOf<'values'> = { kind: 'values', columns, rows };
  if (!isProjected) return values;
  const missing = choices.pick(columns.length + 1);
  const assignments: Assignment[] = columns.map((column, i) => {
    const target = scope.newColumn(column.name, column.type);
    return { column: target, expr: i + 1 === missing ? literalExpr(null, column.type) : columnExpr(column) };
  });
  return { kind: 'project', input: values, assignments };
}

/** A cell of exactly the field's type. */
function cellOf(type: DataType, choices: Choices, scope: PlanScope): Expr {
  const exprs = exprScope(scope, []);
  switch (choices.pick(12)) {
    case 1:
    case 2:
      return assigned(parameterOf(withoutModifier(type), choices, exprs), type);
    case 3:
      return literalExpr(null, type);
    case 4:
      return assigned(literalOf(withoutModifier(type), choices, exprs), type);
    case 5:
      return fromText(type, choices);
    case 6:
      return defaultOf(type, choices, scope);
    case 7:
      return { kind: 'cast', operand: longText(choices, scope), type, context: 'explicit' };
    case 8:
      return assigned(longText(choices, scope), type);
    case 9:
      return isGenerated(type) ? generateExpr(type, choices.part(), exprs, 2) : literalOf(type, choices, exprs);
    default:
      return literalOf(type, choices, exprs);
  }
}

/** What the binder puts around a cell whose type lacks the field's length or scale. */
function assigned(operand: Expr, type: DataType): Expr {
  if (operand.kind !== 'parameter' && operand.kind !== 'literal') return operand;
  if (operand.type.kind === type.kind && !hasModifier(type)) return operand;
  return { kind: 'cast', operand, type, context: 'assignment' };
}

/** Text that may be a value of the type, or none, or too long: `'1'::int4`. */
function fromText(type: DataType, choices: Choices): Expr {
  const text = choices.oneOf([
    '1',
    '0',
    '-1',
    '2.5',
    'abcd',
    'ab   ',
    '',
    'true',
    '99999999999',
    '1970-01-02',
    '999.999',
  ]);
  return { kind: 'cast', operand: literalExpr(text, types.text), type, context: 'explicit' };
}

function longText(choices: Choices, scope: PlanScope): Expr {
  if (choices.pick(3) === 1) return parameterOf(types.text, choices, exprScope(scope, []));
  return literalExpr(choices.oneOf(['1', 'abcd', 'ab  ', '12', 'äöüß']), types.text);
}

/** Expressions without columns, as DEFAULT clauses have them: constant, failing, volatile. */
function defaultOf(type: DataType, choices: Choices, scope: PlanScope): Expr {
  if (type.kind === 'float8')
    return scope.volatile ? callById('random()', []) : callById('-(float8)', [literalExpr(1, type)]);
  if (type.kind === 'int4') {
    const one = literalExpr(1, type);
    return callById(choices.oneOf(['+(int4,int4)', '/(int4,int4)']), [one, literalExpr(choices.pick(2), type)]);
  }
  if (type.kind === 'text') return callById('upper(text)', [literalExpr('d', type)]);
  return literalExpr(null, type);
}

/** The columns of a query in the types of the fields. */
function query(choices: Choices, scope: PlanScope, fields: readonly CatalogColumn[], input: LogicalPlan): LogicalPlan {
  const exprs = exprScope(scope, columnsOf(input));
  const assignments = fields.map(({ name, type }) => ({
    column: scope.newColumn(name, type),
    expr: isGenerated(type) ? generateExpr(type, choices.part(), exprs, 2) : literalOf(type, choices, exprs),
  }));
  return { kind: 'project', input, assignments };
}

function hasModifier(type: DataType): boolean {
  return (type.kind === 'varchar' && type.length !== null) || (type.kind === 'numeric' && type.precision !== null);
}

function isGenerated(type: DataType): boolean {
  return !hasModifier(type);
}

function withoutModifier(type: DataType): DataType {
  return type.kind === 'varchar' ? types.varchar : type.kind === 'numeric' ? types.numeric : type;
}
