import { type CatalogColumn, type DataType, type Expr, types } from '@millrace/core';
import { type Assignment, columnExpr, columnsOf, type LogicalPlan, literalExpr, type PlanOf } from '@millrace/planner';
import { callById, READABLE, readsAnyText } from './calls.ts';
import { generateExpr } from './expressions.ts';
import type { Choices } from './gene.ts';
import { parameterOf, plainLiteral } from './literals.ts';
import { exprScope, type PlanScope, type Position } from './scope.ts';
import { COMMON_TABLES } from './tables.ts';

/** Where expressions of cells start, so that they stay small. */
const EXPR_DEPTH = 2;

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
  const table = choices.oneOf([...COMMON_TABLES].reverse());
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
  const plan: PlanOf<'insert'> = {
    kind: 'insert',
    table: { tableId, schemaId, schemaName, name },
    fields,
    input,
  };
  if (!choices.chance(1, 3)) return plan;
  return { ...plan, returned: table.columns.map((column) => scope.newColumn(column.name, column.type)) };
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
  if (scope.volatile && type.kind === 'float8' && choices.chance(1, 2)) return callById('random()', []);
  switch (choices.pick(12)) {
    case 1:
    case 2:
    case 3:
      return assigned(type, choices, scope);
    case 4:
      return literalExpr(null, type);
    case 5:
      return { kind: 'cast', operand: literalExpr(textFor(type, choices), types.text), type, context: 'explicit' };
    case 6:
    case 7:
      return defaultOf(type, choices);
    case 8:
      return {
        kind: 'cast',
        operand: anyText(type, choices, scope),
        type,
        context: choices.oneOf(['explicit', 'assignment']),
      };
    case 9:
      return hasModifier(type) ? plainLiteral(type, choices) : generateExpr(type, choices.part(), exprs, EXPR_DEPTH);
    default:
      return plainLiteral(type, choices);
  }
}

/** Numbers for a field with two digits behind the point: exact ones, ones to round, ones that do not fit. */
const DECIMALS = ['0', '1', '2.50', '-1', '1.005', '999.99', '999.995', '12345'] as const;

/** A parameter or a literal of the field's type, or of the type without length or scale and cast as the binder does. */
function assigned(type: DataType, choices: Choices, scope: PlanScope): Expr {
  if (!hasModifier(type)) return parameterOf(type, choices, exprScope(scope, []));
  const base = withoutModifier(type);
  const value = choices.oneOf<string>(type.kind === 'numeric' ? DECIMALS : TEXTS);
  let operand = literalExpr(value, base);
  if (choices.chance(1, 2)) {
    scope.parameters.push({ type: base, value, asBytes: choices.chance(1, 2) });
    operand = { kind: 'parameter', index: scope.parameters.length, type: base };
  }
  return { kind: 'cast', operand, type, context: 'assignment' };
}

/** Texts that may be values of a type, or none, or too long, or too long but for spaces. */
const TEXTS = ['1', '0', '-1', '2.5', 'abcd', 'ab   ', '', 'true', '99999999999', '1970-01-02', 'äöüß'] as const;
const DATES = ['1970-01-02', ' 2024-02-29 ', '1969-12-31', '2023-02-29', 'soon', ''] as const;

function textFor(type: DataType, choices: Choices): string {
  if (type.kind === 'date') return choices.oneOf<string>(DATES);
  const readable = READABLE[type.kind] ?? TEXTS;
  return choices.oneOf<string>(readsAnyText(type) && choices.chance(1, 3) ? TEXTS : readable);
}

/** A text as a literal, or as a parameter. */
function anyText(type: DataType, choices: Choices, scope: PlanScope): Expr {
  if (type.kind !== 'date' && readsAnyText(type) && choices.pick(3) === 1)
    return parameterOf(types.text, choices, exprScope(scope, []));
  return literalExpr(textFor(type, choices), types.text);
}

/** Expressions without columns, as DEFAULT clauses have them: constant, failing, volatile. */
function defaultOf(type: DataType, choices: Choices): Expr {
  if (type.kind === 'float8') return callById('-(float8)', [literalExpr(1, type)]);
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
    expr: hasModifier(type) ? plainLiteral(type, choices) : generateExpr(type, choices.part(), exprs, EXPR_DEPTH),
  }));
  return { kind: 'project', input, assignments };
}

function hasModifier(type: DataType): boolean {
  return (
    ((type.kind === 'varchar' || type.kind === 'bpchar') && type.length !== null) ||
    (type.kind === 'numeric' && type.precision !== null)
  );
}

function withoutModifier(type: DataType): DataType {
  if (type.kind === 'bpchar') return types.text;
  return type.kind === 'varchar' ? types.varchar : type.kind === 'numeric' ? types.numeric : type;
}
