import { type Expr, failure, sameType, typeOf } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import type { Assignment, JoinType } from '../plan/logical-plan.ts';
import type { BoundFrom } from './bind-from.ts';
import type { BindState } from './bind-state.ts';
import { coerceTo } from './coerce.ts';
import { commonTypeOf } from './common-type.ts';
import { compareExprs } from './comparison.ts';
import { positionOf } from './position.ts';
import type { NamespaceColumn } from './scope.ts';

/** What `USING (names)` means: the conditions, the columns the join shows under bare names, and those that must be computed above it. */
export interface MergedJoin {
  readonly on: readonly Expr[];
  readonly columns: readonly NamespaceColumn[];
  readonly computed: readonly Assignment[];
}

/** Throws 42703 for a name that a side lacks, 42702 for one it has twice, 42701 for one listed twice. */
export function bindUsing(
  state: BindState,
  join: {
    readonly left: BoundFrom;
    readonly right: BoundFrom;
    readonly names: readonly string[];
    readonly type: JoinType;
    readonly at: number | null;
  },
): MergedJoin {
  const { names, type, at } = join;
  const on: Expr[] = [];
  const merged: NamespaceColumn[] = [];
  const computed: Assignment[] = [];
  for (const [i, name] of names.entries()) {
    const position = positionOf(at);
    if (names.indexOf(name) !== i) {
      const message = `column name "${name}" appears more than once in USING clause`;
      throw failure('duplicateInUsing', { message }, { position });
    }
    const left = sideColumn(join.left, name, 'left', at);
    const right = sideColumn(join.right, name, 'right', at);
    on.push(compareExprs(state, '=', { left: columnExpr(left), right: columnExpr(right), position }));
    const result = commonTypeOf('JOIN/USING', [left.type, right.type], () => position);
    const kept = type === 'right' ? right : left;
    if (type !== 'full' && sameType(kept.type, result)) merged.push(kept);
    else {
      const sides = (type === 'full' ? [left, right] : [kept]).map((column) =>
        coerceTo(state, columnExpr(column), result, 'implicit'),
      );
      const expr: Expr = sides.length === 1 ? sides[0]! : { kind: 'coalesce', args: sides, type: result };
      const column = state.newColumn(name, typeOf(expr), true);
      computed.push({ column, expr });
      merged.push({ name, id: column.id, type: column.type, origin: null });
    }
  }
  const rest = [join.left, join.right].flatMap((side) =>
    visible(side).filter((column) => !names.includes(column.name)),
  );
  return { on, columns: [...merged, ...rest], computed };
}

function visible(from: BoundFrom): readonly NamespaceColumn[] {
  return from.items.flatMap((item) => (item.isUnqualifiedVisible ? item.columns : []));
}

function sideColumn(from: BoundFrom, name: string, side: 'left' | 'right', at: number | null): NamespaceColumn {
  const found = visible(from).filter((column) => column.name === name);
  if (found.length > 1) {
    const message = `common column name "${name}" appears more than once in ${side} table`;
    throw failure('ambiguousInUsing', { message }, { position: positionOf(at) });
  }
  const column = found[0];
  if (column === undefined) {
    const what = `"${name}" specified in USING clause`;
    throw failure('undefinedUsingColumn', { what, side });
  }
  return column;
}
