import { type DataType, failure, typeOf, types } from '@millrace/core';
import { columnExpr } from '../plan/build.ts';
import { columnsOf } from '../plan/columns.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import type { AstQuery, AstQueryBody, AstSortKey } from '../sql/ast.ts';
import { startOf } from './bind-expr.ts';
import { type BoundQuery, bindQuery, type QueryContext, type QueryOuter } from './bind-query.ts';
import type { BindState } from './bind-state.ts';
import { coerceTo } from './coerce.ts';
import { commonTypeOf } from './common-type.ts';
import { positionOf } from './position.ts';
import { castOutputs, retypeColumn } from './retype.ts';
import { bindRange, finishQuery, type OrderKey, orderKey, refuseUnordered } from './select-tail.ts';
import { outputTargets, type Target } from './select-targets.ts';
import { intersectOrExcept } from './set-difference.ts';
import { targetByName, targetByOrdinal } from './target-lookup.ts';

type AstSetOperation = Extract<AstQueryBody, { kind: 'set-operation' }>;

/** UNION, INTERSECT, EXCEPT: sides are brought to common types column by column, pair by pair from the left. */
export function bindSetOperation(state: BindState, body: AstSetOperation, query: QueryContext): BoundQuery {
  const { outer, tail } = query;
  const chain = leftChain(body);
  let result = bindSide(state, chain[0]!.left, outer);
  for (const step of chain) result = combine(state, step, result, bindSide(state, step.right, outer));
  if (tail.orderBy.length === 0 && tail.limit === null && tail.offset === null) return result;
  const targets = outputTargets(result.columns);
  return finishQuery(state, {
    input: result.plan,
    targets,
    keys: tail.orderBy.map((key) => outputKey(key, targets)),
    isDistinct: false,
    range: bindRange(state, tail, { items: [], hidden: [], parent: outer.scope, ctes: outer.ctes }),
  });
}

/** `a UNION b UNION c` is nested to the left, possibly deeply: its steps, innermost first. */
function leftChain(body: AstSetOperation): readonly AstSetOperation[] {
  const chain = [body];
  for (let left = body.left; ; ) {
    const plain = left.with.length === 0 && left.orderBy.length === 0 && left.limit === null && left.offset === null;
    if (left.body.kind !== 'set-operation' || !plain || left.locking !== null) return chain.reverse();
    chain.push(left.body);
    left = left.body.left;
  }
}

function bindSide(state: BindState, query: AstQuery, outer: QueryOuter): BoundQuery {
  return bindQuery(state, query, outer, { keepUnknown: true });
}

function combine(state: BindState, step: AstSetOperation, left: BoundQuery, right: BoundQuery): BoundQuery {
  const word = step.op.toUpperCase();
  const position = positionOf(step.right.at ?? step.at);
  if (left.columns.length !== right.columns.length) {
    const message = `each ${word} query must have the same number of columns`;
    throw failure('syntaxError', { message }, { position });
  }
  const common = left.columns.map(({ column }, i) =>
    commonTypeOf(word, [column.type, right.columns[i]!.column.type], () => position),
  );
  const inputs = [left, right].map((side) => bringTo(state, side, common));
  const produced = inputs.map((input) => columnsOf(input));
  const columns = left.columns.map(({ column }, i) => {
    const nullable = produced.some((side) => side[i]!.nullable);
    return state.newColumn(column.name, common[i]!, nullable);
  });
  if (!step.all) for (const column of columns) refuseUnordered(columnExpr(column), position, 'an equality');
  const outputs = columns.map((column) => ({ column, origin: null }));
  if (step.op === 'union') {
    const flat = step.all && inputs[0]!.kind === 'union' ? [...inputs[0].inputs, inputs[1]!] : inputs;
    const union: LogicalPlan = { kind: 'union', inputs: flat, columns };
    return { plan: step.all ? union : { kind: 'distinct', input: union }, columns: outputs };
  }
  if (step.all) throw failure('notSupported', { feature: `${word} ALL` }, { position });
  return {
    plan: intersectOrExcept(state, step.op, { left: inputs[0]!, right: inputs[1]!, columns }),
    columns: outputs,
  };
}

/** Literals take their type where they stand; what has another type is cast above. */
function bringTo(state: BindState, side: BoundQuery, common: readonly DataType[]): LogicalPlan {
  let { plan } = side;
  for (const [i, { column }] of side.columns.entries()) {
    if (column.type.kind !== 'unknown') continue;
    plan = retypeColumn(plan, column.id, (expr) => coerceTo(state, expr, common[i] ?? types.text, 'implicit'));
  }
  return castOutputs(state, plan, (expr, i) => coerceTo(state, expr, common[i] ?? typeOf(expr), 'implicit'));
}

/** Only result columns can be sorted by. */
function outputKey(key: AstSortKey, targets: readonly Target[]): OrderKey {
  const target = targetByOrdinal('ORDER BY', key.expr, targets) ?? targetByName('ORDER BY', key.expr, targets);
  if (target !== undefined) return orderKey(key, target);
  const position = positionOf(startOf(key.expr));
  if (key.expr.kind === 'column' && key.expr.parts.length === 1) {
    throw failure('undefinedColumn', { name: `"${key.expr.parts[0]}"` }, { position });
  }
  throw failure(
    'notAllowedHere',
    { message: 'invalid UNION/INTERSECT/EXCEPT ORDER BY clause' },
    {
      position,
      detail: 'Only result column names can be used, not expressions or functions.',
      hint: 'Add the expression/function to every SELECT, or move the UNION into a FROM clause.',
    },
  );
}
