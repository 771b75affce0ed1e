import {
  type ColumnId,
  DEFAULT_FORMAT,
  type Expr,
  type ExprOf,
  formatType,
  quoteIdentifier,
  valueToText,
} from '@millrace/core';

/**
 * The SQL text of an expression, in the spirit of `pg_get_expr`: `now()`, `'{}'::jsonb`, `(1 + 2)`, `(ts AT TIME ZONE 'UTC'::text)::date`. Parsed and
 * bound again it is the same expression; implicit and assignment casts of anything but an untyped literal are left out, as binding puts
 * them back. `nameOf` names the columns it reads.
 */
export function deparse(expr: Expr, nameOf: (id: ColumnId) => string = (id) => `#${id}`): string {
  const text = (part: Expr): string => deparse(part, nameOf);
  switch (expr.kind) {
    case 'literal':
      return literal(expr);
    case 'cast':
      return cast(expr, text);
    case 'call':
      return call(expr, text);
    case 'compare':
      return `(${text(expr.left)} ${COMPARE[expr.op] ?? expr.op} ${text(expr.right)})`;
    case 'and':
    case 'or':
      return `(${expr.operands.map(text).join(` ${expr.kind.toUpperCase()} `)})`;
    case 'not':
      return `(NOT ${text(expr.operand)})`;
    case 'is-null':
      return `(${text(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
    case 'is-bool':
      return `(${text(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}${expr.value ? 'TRUE' : 'FALSE'})`;
    case 'case': {
      const branches = expr.branches.map(({ when, then }) => `WHEN ${text(when)} THEN ${text(then)}`);
      return `CASE ${branches.join(' ')} ELSE ${text(expr.otherwise)} END`;
    }
    case 'coalesce':
      return `COALESCE(${expr.args.map(text).join(', ')})`;
    case 'in-list':
      return `(${text(expr.operand)} ${expr.negated ? 'NOT ' : ''}IN (${expr.items.map(text).join(', ')}))`;
    case 'quantified':
      return `(${text(expr.left)} ${expr.op} ${expr.quantifier.toUpperCase()} (${text(expr.right)}))`;
    case 'array':
      return `ARRAY[${expr.items.map(text).join(', ')}]::${formatType(expr.type)}`;
    case 'column':
      return quoteIdentifier(nameOf(expr.id));
    case 'parameter':
      return `$${expr.index}`;
    default:
      return expr satisfies never;
  }
}

type Text = (part: Expr) => string;

const COMPARE: Readonly<Record<string, string>> = {
  'is-distinct': 'IS DISTINCT FROM',
  'is-not-distinct': 'IS NOT DISTINCT FROM',
};

function quote(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes('\\') ? `E'${doubled.replaceAll('\\', '\\\\')}'` : `'${doubled}'`;
}

function literal({ value, type }: ExprOf<'literal'>): string {
  if (value === null) return type.kind === 'unknown' ? 'NULL' : `NULL::${formatType(type)}`;
  if (typeof value === 'boolean') return String(value);
  const text = valueToText(type, value, DEFAULT_FORMAT);
  if (type.kind === 'unknown') return quote(text);
  const isPlain = type.kind === 'int4' || type.kind === 'int8' || (type.kind === 'numeric' && /^-?\d/.test(text));
  if (!isPlain) return `${quote(text)}::${formatType(type)}`;
  if (!text.startsWith('-')) return text;
  return `'${text}'::${formatType(type)}`;
}

function cast(expr: ExprOf<'cast'>, text: Text): string {
  const { operand } = expr;
  const isUntyped = operand.kind === 'literal' && operand.type.kind === 'unknown';
  if (expr.context !== 'explicit' && !isUntyped) return text(operand);
  const inner = text(operand);
  const isSimple = isUntyped || operand.kind === 'call' || /^[\w.]+$/.test(inner) || inner.startsWith('(');
  return `${isSimple ? inner : `(${inner})`}::${formatType(expr.type)}`;
}

function call({ fn, args }: ExprOf<'call'>, text: Text): string {
  const name = fn.id.slice(0, fn.id.lastIndexOf('('));
  const [first, second] = args.map(text);
  if (name === 'timezone' && second !== undefined) return `(${second} AT TIME ZONE ${first})`;
  if (/^[a-z_"]/i.test(name)) {
    const isKeyword = args.length === 0 && KEYWORDS.has(name);
    return isKeyword ? name.toUpperCase() : `${name}(${args.map(text).join(', ')})`;
  }
  return second === undefined ? `(${name} ${first})` : `(${first} ${name} ${second})`;
}

/** Functions that SQL writes without parentheses. */
const KEYWORDS: ReadonlySet<string> = new Set([
  'current_date',
  'current_user',
  'session_user',
  'current_schema',
  'localtimestamp',
  'current_timestamp',
]);
