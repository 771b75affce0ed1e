import type { DataType } from '../types/data-type.ts';
import type { ColumnId } from '../types/field.ts';
import { type Expr, typeOf, type Volatility } from './expr.ts';

/** The direct operands of an expression, in evaluation order. */
export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'column':
    case 'literal':
    case 'parameter':
      return [];
    case 'call':
    case 'coalesce':
      return expr.args;
    case 'compare':
    case 'quantified':
      return [expr.left, expr.right];
    case 'and':
    case 'or':
      return expr.operands;
    case 'not':
    case 'is-null':
    case 'is-bool':
    case 'cast':
      return [expr.operand];
    case 'case':
      return [...expr.branches.flatMap((branch) => [branch.when, branch.then]), expr.otherwise];
    case 'in-list':
      return [expr.operand, ...expr.items];
    case 'array':
      return expr.items;
    default:
      return expr satisfies never;
  }
}

/** Maps a list; returns the same list when every element came back identical. */
export function mapSame<T>(list: readonly T[], f: (item: T) => T): readonly T[] {
  let changed = false;
  const result = list.map((item) => {
    const mapped = f(item);
    if (mapped !== item) changed = true;
    return mapped;
  });
  return changed ? result : list;
}

/** Replaces the direct operands; returns the same object when none changed. */
export function mapOperands(expr: Expr, f: (operand: Expr) => Expr): Expr {
  switch (expr.kind) {
    case 'column':
    case 'literal':
    case 'parameter':
      return expr;
    case 'call':
    case 'coalesce': {
      const args = mapSame(expr.args, f);
      return args === expr.args ? expr : { ...expr, args };
    }
    case 'compare':
    case 'quantified': {
      const left = f(expr.left);
      const right = f(expr.right);
      return left === expr.left && right === expr.right ? expr : { ...expr, left, right };
    }
    case 'and':
    case 'or': {
      const operands = mapSame(expr.operands, f);
      return operands === expr.operands ? expr : { ...expr, operands };
    }
    case 'not':
    case 'is-null':
    case 'is-bool':
    case 'cast': {
      const operand = f(expr.operand);
      return operand === expr.operand ? expr : { ...expr, operand };
    }
    case 'case': {
      const branches = mapSame(expr.branches, (branch) => {
        const when = f(branch.when);
        const then = f(branch.then);
        return when === branch.when && then === branch.then ? branch : { when, then };
      });
      const otherwise = f(expr.otherwise);
      return branches === expr.branches && otherwise === expr.otherwise ? expr : { ...expr, branches, otherwise };
    }
    case 'in-list': {
      const operand = f(expr.operand);
      const items = mapSame(expr.items, f);
      return operand === expr.operand && items === expr.items ? expr : { ...expr, operand, items };
    }
    case 'array': {
      const items = mapSame(expr.items, f);
      return items === expr.items ? expr : { ...expr, items };
    }
    default:
      return expr satisfies never;
  }
}

/** Rewrites bottom-up: operands first, then the expression itself. Identity is kept where nothing changed. */
export function rewriteExprUp(expr: Expr, f: (expr: Expr) => Expr): Expr {
  return f(mapOperands(expr, (operand) => rewriteExprUp(operand, f)));
}

/** Whether any node of the tree satisfies the predicate. */
export function someExpr(expr: Expr, predicate: (expr: Expr) => boolean): boolean {
  return predicate(expr) || operandsOf(expr).some((operand) => someExpr(operand, predicate));
}

/** Adds the columns an expression reads to `into`. */
export function columnsRead(expr: Expr, into: Set<ColumnId> = new Set()): Set<ColumnId> {
  if (expr.kind === 'column') into.add(expr.id);
  for (const operand of operandsOf(expr)) columnsRead(operand, into);
  return into;
}

/** Replaces columns; identity is kept where nothing changed. */
export function replaceColumns(expr: Expr, replacement: (id: ColumnId) => Expr | undefined): Expr {
  return rewriteExprUp(expr, (node) => (node.kind === 'column' ? (replacement(node.id) ?? node) : node));
}

const RANK: Readonly<Record<Volatility, number>> = { immutable: 0, stable: 1, volatile: 2 };

/** The most volatile function in the tree. Parameters and columns count as immutable; casts that read the session's settings as stable. */
export function volatilityOf(expr: Expr): Volatility {
  let worst: Volatility =
    expr.kind === 'call' ? expr.fn.volatility : expr.kind === 'cast' && readsSession(expr) ? 'stable' : 'immutable';
  for (const operand of operandsOf(expr)) {
    const inner = volatilityOf(operand);
    if (RANK[inner] > RANK[worst]) worst = inner;
  }
  return worst;
}

/** Text to timestamptz and the like depend on TimeZone; 'now' as text depends on the clock. Between date and timestamp nothing does. */
function readsSession(expr: Extract<Expr, { kind: 'cast' }>): boolean {
  const [from, to] = [elementKind(typeOf(expr.operand)), elementKind(expr.type)];
  if (ZONELESS.has(from) && ZONELESS.has(to)) return false;
  return [from, to].some((kind) => kind === 'timestamptz' || ZONELESS.has(kind) || kind.startsWith('reg'));
}

const ZONELESS: ReadonlySet<string> = new Set(['date', 'timestamp']);

function elementKind(type: DataType): string {
  return type.kind === 'array' ? elementKind(type.item) : type.kind;
}

/** Whether two evaluations may differ within a statement: never merged, repeated or moved to where it runs for other rows. */
export function isVolatile(expr: Expr): boolean {
  return volatilityOf(expr) === 'volatile';
}
