import type { AstExpr } from '../sql/ast.ts';
import type { AstOf } from './ast-of.ts';

/**
 * The name an unnamed output column gets, by PostgreSQL's rules: a column's or function's own name, a cast's type unless something inside
 * has a name, the word of a construct (`case`, `coalesce`, `array`, `exists`), else `?column?`.
 */
export function outputName(expr: AstExpr): string {
  return named(expr)?.name ?? '?column?';
}

interface Named {
  readonly name: string;
  /** A weak name (of a type, or `case`) gives way to a strong one. */
  readonly isStrong: boolean;
}
const strong = (name: string): Named => ({ name, isStrong: true });
const weak = (name: string): Named => ({ name, isStrong: false });

function named(expr: AstExpr): Named | null {
  switch (expr.kind) {
    case 'column':
      return strong(expr.parts[expr.parts.length - 1]!);
    case 'call':
      return strong(expr.name[expr.name.length - 1]!);
    case 'field':
      return strong(expr.name);
    case 'subscript':
    case 'collate':
      return named(expr.operand);
    case 'cast': {
      const inner = named(expr.operand);
      return inner?.isStrong === true ? inner : weak(expr.type.name);
    }
    case 'case': {
      const inner = expr.otherwise === null ? null : named(expr.otherwise);
      return inner?.isStrong === true ? inner : weak('case');
    }
    case 'coalesce':
    case 'nullif':
    case 'array':
    case 'row':
    case 'exists':
      return strong(expr.kind);
    case 'min-max':
      return strong(expr.greatest ? 'greatest' : 'least');
    case 'sql-value':
      return strong(expr.name);
    case 'array-subquery':
      return strong('array');
    case 'scalar-subquery':
      return subqueryName({ ...expr, kind: 'scalar-subquery' });
    default:
      return null;
  }
}

function subqueryName(expr: AstOf<'scalar-subquery'>): Named | null {
  let { body } = expr.query;
  while (body.kind === 'set-operation') body = body.left.body;
  if (body.kind === 'values') return strong('column1');
  const [item] = body.items;
  if (item === undefined) return null;
  return strong(item.alias ?? outputName(item.expr));
}
