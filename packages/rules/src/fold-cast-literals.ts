/**
 * fold-cast-literals: casts a literal once instead of in every execution of an operator.
 *
 *   Values ('2024-01-01'::date, 1::bigint)      =>   Values ('2024-01-01', 1)
 *
 * Runs when values are known (phase bind), so text to timestamptz may use the session's time zone, and 'now' the transaction's start.
 *
 * Why not more: a cast that fails stays, and fails only if it is evaluated. Casts from and to regclass and its relatives ask the catalog,
 * which a rule may not; casts of anything but literals are for the operators.
 */
import { castValue, type DataType, type Expr, MillraceError, rewriteExprUp, typeOf } from '@millrace/core';
import { defineRule, mapExprs, type OptimizerRule } from '@millrace/planner';
import { bindingContext, NODES_WITH_EXPRS, type NodeWithExprs, someExprOf } from './shared/bind-values.ts';

export const foldCastLiterals: OptimizerRule<NodeWithExprs> = defineRule({
  name: 'fold-cast-literals',
  summary: 'Evaluates casts of literals before execution.',
  phase: 'bind',
  on: NODES_WITH_EXPRS,
  order: 'up',
  before: ['values-to-memory'],
  contract: { errors: 'same' },
  examples: [
    {
      title: 'int4 to int8',
      sql: 'SELECT k FROM a WHERE k::int8 > 3::int8',
      before: 'Project k\n  Filter k::bigint > 3::bigint\n    Scan a [k, x]',
      after: "Project k\n  Filter k::bigint > '3'::bigint\n    Scan a [k, x]",
    },
    {
      title: 'a cast that fails stays',
      sql: 'SELECT k FROM a WHERE k::int2 = 70000::int2',
      before: 'Project k\n  Filter k::smallint = 70000::smallint\n    Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  couldApply: (plan) => someExprOf(plan, isFoldable),
  rewrite(node, context) {
    if (context.binding === null) return node;
    const evaluation = bindingContext(context.binding);
    const fold = (expr: Expr): Expr => {
      if (expr.kind !== 'cast' || expr.operand.kind !== 'literal' || asksCatalog(expr)) return expr;
      const { value, type: from } = expr.operand;
      try {
        return { kind: 'literal', value: castValue(value, from, expr.type, expr.context, evaluation), type: expr.type };
      } catch (error) {
        if (!(error instanceof MillraceError)) throw error;
        context.note(`${error.sqlstate}: ${error.message}`);
        return expr;
      }
    };
    return mapExprs(node, (expr) => rewriteExprUp(expr, fold));
  },
});

/** A cast of a literal, or of a parameter that will be one. */
function isFoldable(expr: Expr): boolean {
  return expr.kind === 'cast' && ['literal', 'parameter', 'cast'].includes(expr.operand.kind);
}

function asksCatalog(expr: Extract<Expr, { kind: 'cast' }>): boolean {
  const isReg = (type: DataType): boolean => type.kind.startsWith('reg');
  return isReg(expr.type) || isReg(typeOf(expr.operand));
}
