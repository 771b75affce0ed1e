import { failure, isVolatile } from '@millrace/core';
import { exprsOf } from '../plan/expressions.ts';
import { somePlan } from '../plan/rewrite.ts';
import type { AstCte } from '../sql/ast.ts';
import { type BoundQuery, bindQuery, type QueryOuter } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { positionOf } from './position.ts';

/** The WITH queries in reach, innermost first. */
export interface CteScope {
  readonly cte: Cte;
  readonly next: CteScope | null;
}
/** A WITH query. It is bound where it is written, so that its errors appear also if nothing refers to it. */
export interface Cte {
  readonly ast: AstCte;
  readonly outer: QueryOuter;
  /** The plan bound at the definition, until the first reference takes it. */
  unused: BoundQuery | null;
  readonly isVolatile: boolean;
}

/** Chained WITH queries that each refer twice to the one before would grow as a power of two. */
const CTE_REFERENCES_MAX = 1_000;
const references = new WeakMap<BindState, number>();

/** Adds the WITH queries of one level to those in reach. Throws 42712 for a name given twice, 0A000 for INSERT and the like. */
export function bindWith(state: BindState, ctes: readonly AstCte[], outer: QueryOuter): CteScope | null {
  const names = new Set<string>();
  let scope = outer.ctes;
  for (const ast of ctes) {
    const position = positionOf(ast.at);
    if (names.has(ast.name)) {
      const message = `WITH query name "${ast.name}" specified more than once`;
      throw failure('duplicateWith', { message }, { position });
    }
    names.add(ast.name);
    const inner = { scope: outer.scope, ctes: scope };
    const bound = bindCte(state, ast, inner);
    const isUnrepeatable = somePlan(bound.plan, (plan) => exprsOf(plan).some(isVolatile));
    scope = { cte: { ast, outer: inner, unused: bound, isVolatile: isUnrepeatable }, next: scope };
  }
  return scope;
}

function bindCte(state: BindState, ast: AstCte, outer: QueryOuter): BoundQuery {
  const position = positionOf(ast.at);
  if (ast.statement.kind !== 'query') {
    throw failure('notSupported', { feature: 'a data-modifying statement in WITH' }, { position });
  }
  const bound = bindQuery(state, ast.statement.query, outer, { keepUnknown: false });
  const [given, available] = [ast.columnNames.length, bound.columns.length];
  if (given > available) {
    const message = `WITH query "${ast.name}" has ${available} columns available but ${given} columns specified`;
    throw failure('invalidColumnReference', { message }, { position });
  }
  return bound;
}

/** The WITH query of a name, if one is in reach. */
export function findCte(scope: CteScope | null, name: string): Cte | undefined {
  for (let level = scope; level !== null; level = level.next) {
    if (level.cte.ast.name === name) return level.cte;
  }
  return undefined;
}

/**
 * A reference to a WITH query: bound anew each time, so that every reference has columns of its own. Throws 0A000 for the second reference to a
 * volatile one, which would have to see the same rows as the first.
 */
export function bindCteReference(state: BindState, cte: Cte, at: number | null): BoundQuery {
  const { unused } = cte;
  if (unused !== null) {
    cte.unused = null;
    return unused;
  }
  const position = positionOf(at);
  if (cte.isVolatile) {
    const feature = `referring more than once to the WITH query "${cte.ast.name}", which calls a volatile function,`;
    throw failure('notSupported', { feature }, { position });
  }
  const count = (references.get(state) ?? 0) + 1;
  references.set(state, count);
  if (count > CTE_REFERENCES_MAX) {
    throw failure(
      'programLimit',
      { message: `more than ${CTE_REFERENCES_MAX} references to WITH queries` },
      { position },
    );
  }
  return bindCte(state, cte.ast, cte.outer);
}
