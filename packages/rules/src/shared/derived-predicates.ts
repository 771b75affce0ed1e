import {
  type Column,
  type ColumnId,
  type CompareOp,
  columnsRead,
  type Expr,
  isVolatile,
  sameType,
  typeOf,
} from '@millrace/core';
import { columnExpr, type ScanColumn } from '@millrace/planner';
import { equalTo, factsIn } from './known-facts.ts';
import { isListed, mirrored } from './mirrored.ts';
import { imageOf, isMonotone } from './monotone.ts';
import { weaken } from './weaken.ts';

/** A partition column of a scan that follows from another column of it, and rises with it. */
interface DerivedColumn {
  readonly source: ColumnId;
  readonly column: Column;
  readonly expr: Expr;
}

/** The partition columns of which a predicate on another column says something. */
function derivedColumns(columns: readonly ScanColumn[]): readonly DerivedColumn[] {
  return columns.flatMap((column) => {
    const { derivedFrom, isPartition } = column;
    if (derivedFrom === undefined || isPartition !== true || !isMonotone(derivedFrom.expr)) return [];
    const source = columns.find(({ field }) => field === derivedFrom.field);
    return source === undefined ? [] : [{ source: source.id, column, expr: derivedFrom.expr }];
  });
}

/** What a predicate says of the derived column: TRUE wherever the predicate is; null if nothing. */
function derivedPredicate(predicate: Expr, derived: DerivedColumn): Expr | null {
  return weaken(predicate, (part) => derivedLeaf(part, derived));
}

/** Never strict: ts < '2024-05-02' holds on the first day of May, and ts < '2024-05-02 01:00' on the second as well. */
const IMPLIED: Readonly<Partial<Record<CompareOp, CompareOp>>> = {
  '=': '=',
  'is-not-distinct': 'is-not-distinct',
  '<': '<=',
  '<=': '<=',
  '>': '>=',
  '>=': '>=',
};
function derivedLeaf(part: Expr, derived: DerivedColumn): Expr | null {
  const target = columnExpr(derived.column);
  switch (part.kind) {
    case 'compare': {
      const { op, left, right } = isSource(part.left, derived) ? part : mirrored(part);
      const implied = IMPLIED[op];
      if (implied === undefined || !isSource(left, derived)) return null;
      const image = imageUnder(right, left, derived);
      return image === null ? null : { kind: 'compare', op: implied, left: target, right: image };
    }
    case 'in-list': {
      if (part.negated || !isSource(part.operand, derived)) return null;
      const items = part.items.map((item) => imageUnder(item, part.operand, derived));
      return items.every((item) => item !== null) ? { ...part, operand: target, items } : null;
    }
    case 'is-null':
      return part.negated || !isSource(part.operand, derived) ? null : { ...part, operand: target };
    default:
      return null;
  }
}

function isSource(expr: Expr, { source }: DerivedColumn): boolean {
  return expr.kind === 'column' && expr.id === source;
}

function imageUnder(value: Expr, source: Expr, { expr }: DerivedColumn): Expr | null {
  const isFixed = columnsRead(value).size === 0 && !isVolatile(value) && sameType(typeOf(value), typeOf(source));
  return isFixed ? imageOf(expr, value) : null;
}

/**
 * Each predicate, and right behind it what it says of partition columns, if `known` does not say so: the predicates of a list that may read these
 * columns of one table. The same list if there is nothing to add.
 */
export function withDerived(
  predicates: readonly Expr[],
  { columns, known }: { readonly columns: readonly ScanColumn[]; readonly known: readonly Expr[] },
): readonly Expr[] {
  if (columns.every((column) => column.derivedFrom === undefined)) return predicates;
  const said = [...predicates, ...known];
  // Where a column equals the one it follows from, what is said of it would be said of that one, and so on without end.
  const { equal } = factsIn(said);
  const derived = derivedColumns(columns).filter(({ source, column }) => !equalTo(source, equal).has(column.id));
  if (derived.length === 0) return predicates;
  const all = predicates.flatMap((predicate) => {
    const implied = derived.map((column) => derivedPredicate(predicate, column)).filter((each) => each !== null);
    const news = implied.filter((each) => !isListed(each, said));
    said.push(...news);
    return [predicate, ...news];
  });
  return all.length === predicates.length ? predicates : all;
}
