import { DEFAULT_FORMAT, type Expr, type ExprOf, formatType, valueToText } from '@millrace/core';

/**
 * The SQL text of an expression without columns, in the spirit of `pg_get_expr`: `now()`, `'{}'::jsonb`, `(1 + 2)`. Parsed and bound again it is the
 * same expression; implicit and assignment casts of anything but an untyped literal are left out, as binding puts them back.
 */
export function deparse(expr: Expr): string {
  switch (expr.kind) {
    case 'literal':
      return literal(expr);
    case 'cast':
      return cast(expr);
    case 'call':
      return call(expr);
    case 'compare':
      return `(${deparse(expr.left)} ${COMPARE[expr.op] ?? expr.op} ${deparse(expr.right)})`;
    case 'and':
    case 'or':
      return `(${expr.operands.map(deparse).join(` ${expr.kind.toUpperCase()} `)})`;
    case 'not':
      return `(NOT ${deparse(expr.operand)})`;
    case 'is-null':
      return `(${deparse(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}NULL)`;
    case 'is-bool':
      return `(${deparse(expr.operand)} IS ${expr.negated ? 'NOT ' : ''}${expr.value ? 'TRUE' : 'FALSE'})`;
    case 'case': {
      const branches = expr.branches.map(({ when, then }) => `WHEN ${deparse(when)} THEN ${deparse(then)}`);
      return `CASE ${branches.join(' ')} ELSE ${deparse(expr.otherwise)} END`;
    }
    case 'coalesce':
      return `COALESCE(${expr.args.map(deparse).join(', ')})`;
    case 'in-list':
      return `(${deparse(expr.operand)} ${expr.negated ? 'NOT ' : ''}IN (${expr.items.map(deparse).join(', ')}))`;
    case 'quantified':
      return `(${deparse(expr.left)} ${expr.op} ${expr.quantifier.toUpperCase()} (${deparse(expr.right)}))`;
    case 'array':
      return `ARRAY[${expr.items.map(deparse).join(', ')}]::${formatType(expr.type)}`;
    case 'column':
    case 'parameter':
      return expr.kind === 'column' ? `#${expr.id}` : `$${expr.index}`;
    default:
      return expr satisfies never;
  }
}

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

function cast(expr: ExprOf<'cast'>): string {
  const { operand } = expr;
  const isUntyped = operand.kind === 'literal' && operand.type.kind === 'unknown';
  if (expr.context !== 'explicit' && !isUntyped) return deparse(operand);
  const inner = deparse(operand);
  const isSimple = isUntyped || operand.kind === 'call' || /^[\w.]+$/.test(inner) || inner.startsWith('(');
  return `${isSimple ? inner : `(${inner})`}::${formatType(expr.type)}`;
}

function call({ fn, args }: ExprOf<'call'>): string {
  const name = fn.id.slice(0, fn.id.lastIndexOf('('));
  const [first, second] = args.map(deparse);
  if (/^[a-z_"]/i.test(name)) {
    const isKeyword = args.length === 0 && KEYWORDS.has(name);
    return isKeyword ? name.toUpperCase() : `${name}(${args.map(deparse).join(', ')})`;
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
