/**
 * fold-constants: says an expression without columns as the value it always has.
 *
 *   Filter x > 2 * 3, d < '2024-05-01'::date + 1      =>   Filter x > 6, d < '2024-05-02'
 *     Scan w                                                 Scan w
 *
 *   Project CASE WHEN 1 > 2 THEN x ELSE k END         =>   Project k
 *     Scan a                                                 Scan a
 *
 * So that other rules see literals: a literal cannot fail, and it can be compared with what is known of a file. CASE loses branches whose
 * condition is never TRUE and what stands behind one that always is; COALESCE loses NULLs, and what stands behind a value.
 *
 * Why not more: only what is the same in every session and for ever, as plans are kept: not now(), not 'today', not a timestamptz without its zone, no
 * text of a float. What fails stays, so that it fails when a row reaches it and only then. What would be large (repeat('x', 1000000)) or could take long
 * (a regular expression) stays. AND, OR and NOT of literals are for simplify-predicates, parameters for the phase `bind`, the cells of VALUES, which
 * are evaluated once, for nobody.
 */
import { type Expr, mapOperands, sameType, typeOf } from '@millrace/core';
import { defineRule, mapExprs, type OptimizerRule } from '@millrace/planner';
import { constantOf } from './shared/constant-value.ts';

export const foldConstants: OptimizerRule<
  'filter' | 'project' | 'join' | 'aggregate' | 'apply' | 'scan' | 'function-scan'
> = defineRule({
  name: 'fold-constants',
  summary: 'Evaluates immutable expressions without columns once, when the plan is made.',
  phase: 'simplify',
  on: ['filter', 'project', 'join', 'aggregate', 'apply', 'scan', 'function-scan'],
  order: 'up',
  before: ['simplify-predicates'],
  contract: { errors: 'same' },
  examples: [
    {
      title: 'arithmetic, and a CASE that is decided',
      sql: 'SELECT CASE WHEN 1 > 2 THEN x ELSE k END AS c FROM a WHERE x > 2 * 3',
      before: 'Project CASE WHEN 1 > 2 THEN x ELSE k END AS c\n  Filter x > (2 * 3)\n    Scan a [k, x]',
      after: 'Project k AS c\n  Filter x > 6\n    Scan a [k, x]',
    },
    {
      title: 'a date that is written out',
      sql: "SELECT i FROM w WHERE d < '2024-05-01'::date + 1",
      before: "Project i\n  Filter d < ('2024-05-01'::date + 1)\n    Scan w [b, s, i, l, f, n, m, t, v, d]",
      after: "Project i\n  Filter d < '2024-05-02'::date\n    Scan w [b, s, i, l, f, n, m, t, v, d]",
    },
    {
      title: 'what fails, fails when it is evaluated',
      sql: 'SELECT k FROM a WHERE x > 1 / 0',
      before: 'Project k\n  Filter x > (1 / 0)\n    Scan a [k, x]',
      after: 'unchanged',
    },
    {
      title: 'another session or another day may give another value',
      sql: "SELECT d < 'today' AND d < now() AS p, d < '2024-05-01'::timestamptz AS q FROM w",
      before:
        "Project (d < 'today'::date) AND (d::timestamp with time zone < now()) AS p, d::timestamp with time zone < '2024-05-01'::timestamp with time zone AS q\n  Scan w [b, s, i, l, f, n, m, t, v, d]",
      after: 'unchanged',
    },
  ],
  rewrite: (node) => mapExprs(node, fold),
});

/** The largest parts first: what is constant as a whole is evaluated once. What became smaller may have become constant. */
function fold(expr: Expr): Expr {
  const constant = constantOf(expr);
  if (constant !== null) return constant;
  const inner = mapOperands(expr, fold);
  const smaller = inner.kind === 'case' ? foldCase(inner) : inner.kind === 'coalesce' ? foldCoalesce(inner) : inner;
  return smaller === expr ? expr : (constantOf(smaller) ?? smaller);
}

function foldCase(expr: Extract<Expr, { kind: 'case' }>): Expr {
  const kept = expr.branches.filter(({ when }) => when.kind !== 'literal' || when.value === true);
  const decided = kept.findIndex(({ when }) => when.kind === 'literal');
  const branches = decided === -1 ? kept : kept.slice(0, decided);
  const otherwise = kept[decided]?.then ?? expr.otherwise;
  if (branches.length === 0 && sameType(typeOf(otherwise), expr.type)) return otherwise;
  const isSame = branches.length === expr.branches.length || branches.length === 0;
  return isSame ? expr : { ...expr, branches, otherwise };
}

function foldCoalesce(expr: Extract<Expr, { kind: 'coalesce' }>): Expr {
  const kept = expr.args.filter((arg) => arg.kind !== 'literal' || arg.value !== null);
  const decided = kept.findIndex((arg) => arg.kind === 'literal');
  const args = decided === -1 ? kept : kept.slice(0, decided + 1);
  const [only] = args;
  if (args.length === 1 && only !== undefined && sameType(typeOf(only), expr.type)) return only;
  return args.length === expr.args.length || args.length === 0 ? expr : { ...expr, args };
}
