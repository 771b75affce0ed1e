import {
  type ColumnId,
  type DataType,
  DEFAULT_FORMAT,
  type Expr,
  formatType,
  type Value,
  valueToText,
} from '@millrace/core';

/** How a plan's text names a column. */
export type ColumnLabel = (id: ColumnId) => string;

const byId: ColumnLabel = (id) => `#${id}`;

const COMPARE: Readonly<Record<Extract<Expr, { kind: 'compare' }>['op'], string>> = {
  '=': '=',
  '<>': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
  'is-distinct': 'IS DISTINCT FROM',
  'is-not-distinct': 'IS NOT DISTINCT FROM',
};

/**
 * An expression as SQL-like text, for plans and messages: stable, complete enough to tell two expressions apart, never parsed back.
 * Columns are printed by `label` (`#id` by default).
 */
export function printExpr(expr: Expr, label: ColumnLabel = byId): string {
  const print = (inner: Expr): string => printExpr(inner, label);
  const operand = (inner: Expr): string => (isAtom(inner) ? print(inner) : `(${print(inner)})`);
  const list = (items: readonly Expr[]): string => items.map(print).join(', ');
  switch (expr.kind) {
    case 'column':
      return label(expr.id);
    case 'literal':
      return printLiteral(expr.value, expr.type);
    case 'parameter':
      return `$${expr.index}`;
    case 'call':
      return printCall(expr, print, operand);
    case 'compare':
      return `${operand(expr.left)} ${COMPARE[expr.op]} ${operand(expr.right)}`;
    case 'and':
    case 'or':
      return expr.operands.map(operand).join(expr.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${operand(expr.operand)}`;
    case 'is-null':
      return `${operand(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL`;
    case 'is-bool':
      return `${operand(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}${expr.value ? 'TRUE' : 'FALSE'}`;
    case 'cast':
      return `${operand(expr.operand)}::${formatType(expr.type)}`;
    case 'case': {
      const branches = expr.branches.map((branch) => `WHEN ${print(branch.when)} THEN ${print(branch.then)}`);
      return `CASE ${branches.join(' ')} ELSE ${print(expr.otherwise)} END`;
    }
    case 'coalesce':
      return `COALESCE(${list(expr.args)})`;
    case 'in-list':
      return `${operand(expr.operand)} ${expr.negated ? 'NOT IN' : 'IN'} (${list(expr.items)})`;
    case 'quantified':
      return `${operand(expr.left)} ${COMPARE[expr.op]} ${expr.quantifier.toUpperCase()} (${print(expr.right)})`;
    case 'array':
      return `ARRAY[${list(expr.items)}]`;
    default:
      return expr satisfies never;
  }
}

function printCall(
  expr: Extract<Expr, { kind: 'call' }>,
  print: (expr: Expr) => string,
  operand: (expr: Expr) => string,
): string {
  const name = functionName(expr.fn.id);
  const [first, second] = expr.args;
  if (isOperatorName(name) && first !== undefined && expr.args.length <= 2) {
    return second === undefined ? `${name} ${operand(first)}` : `${operand(first)} ${name} ${operand(second)}`;
  }
  return `${name}(${expr.args.map(print).join(', ')})`;
}

/** The name in a function id: `lower` of `lower(text)`, `+` of `+(int4,int4)`. */
export function functionName(id: string): string {
  const end = id.indexOf('(');
  return end <= 0 ? id : id.slice(0, end);
}

function isOperatorName(name: string): boolean {
  return /^[-+*/<>=~!@#%^&|`?]+$/.test(name);
}

function isAtom(expr: Expr): boolean {
  switch (expr.kind) {
    case 'column':
    case 'literal':
    case 'parameter':
    case 'coalesce':
    case 'array':
    case 'case':
    case 'cast':
      return true;
    case 'call':
      return !isOperatorName(functionName(expr.fn.id));
    default:
      return false;
  }
}

/** A literal as SQL text; types whose text alone would read as another type carry a cast. */
export function printLiteral(value: Value, type: DataType): string {
  if (value === null) return 'NULL';
  if (type.kind === 'bool' || type.kind === 'int4') return String(value);
  if (type.kind === 'text' || type.kind === 'unknown') return quote(String(value));
  return `${quote(valueToText(type, value, DEFAULT_FORMAT))}::${formatType(type)}`;
}

function quote(text: string): string {
  const short = text.length > 60 ? `${text.slice(0, 57)}...` : text;
  return `'${short.replaceAll("'", "''").replaceAll('\n', '\\n')}'`;
}
