/**
 * simplify-predicates: says the same with less, in three-valued logic.
 *
 *   Filter NOT (NOT (x > 1)), TRUE, x > 1 OR FALSE      =>   Filter x > 1
 *     Scan a                                                   Scan a
 *
 *   Filter k IN (1), NOT (x < 2), NULL                  =>   Values []
 *     Scan a
 *
 * Everywhere: AND and OR are flattened and lose neutral literals and repeated operands, NOT moves into what it negates, IN of one item is a
 * comparison, comparisons with NULL are NULL. In the lists of a Filter or a Join, where only TRUE counts, NULL is FALSE and `p IS TRUE` is p.
 *
 * Why not more: no expression that may fail is dropped or evaluated for fewer rows. So AND in a list is taken apart only behind its last
 * operand that may fail (a list stops at NULL, AND does not), and a Filter that keeps nothing drops its input only if that is a plain Scan.
 * `x IS NULL` of a NOT NULL column stays: the files of a table may be written by others.
 */
import { type Expr, mayFail } from '@millrace/core';
import { defineRule, type LogicalPlan, mapExprs, type OptimizerRule } from '@millrace/planner';
import { OperandList } from './shared/operand-list.ts';
import { isTruth, simplifyExpr, truth } from './shared/simplify-boolean.ts';

export const simplifyPredicates: OptimizerRule<'filter' | 'join' | 'project' | 'aggregate' | 'apply'> = defineRule({
  name: 'simplify-predicates',
  summary: 'Simplifies boolean expressions in three-valued logic.',
  phase: 'simplify',
  on: ['filter', 'join', 'project', 'aggregate', 'apply'],
  order: 'up',
  contract: { errors: 'same' },
  examples: [
    {
      title: 'double negation and a repeated predicate',
      sql: 'SELECT k FROM a WHERE NOT (NOT (x > 1)) AND x > 1',
      before: 'Project k\n  Filter NOT (NOT (x > 1)), x > 1\n    Scan a [k, x]',
      after: 'Project k\n  Filter x > 1\n    Scan a [k, x]',
    },
    {
      title: 'NULL is not FALSE in the SELECT list',
      sql: 'SELECT x > 1 AND NULL AS p FROM a',
      before: 'Project (x > 1) AND NULL AS p\n  Scan a [k, x]',
      after: 'unchanged',
    },
  ],
  rewrite(node) {
    const simple = mapExprs(node, simplifyExpr);
    if (simple.kind === 'filter') {
      const predicates = simplifyList(simple.predicates);
      if (predicates.length === 0) return simple.input;
      if (predicates.length === 1 && predicates.some((p) => isTruth(p, false)) && isPlainScan(simple.input)) {
        return { kind: 'values', columns: simple.input.columns, rows: [] };
      }
      return predicates === simple.predicates ? simple : { ...simple, predicates };
    }
    if (simple.kind !== 'join') return simple;
    const on = simplifyList(simple.on);
    return on === simple.on ? simple : { ...simple, on };
  },
});

/** A list that drops a row at the first predicate that is not TRUE. */
function simplifyList(predicates: readonly Expr[]): readonly Expr[] {
  const list = new OperandList();
  for (const predicate of predicates.flatMap(predicatesOf)) {
    if (isTruth(predicate, true) || list.repeats(predicate)) continue;
    if (isTruth(predicate, false) && !list.items.some(mayFail)) list.clear();
    list.add(predicate);
    if (isTruth(predicate, false)) break;
  }
  const kept = list.items;
  const isSame = kept.length === predicates.length && kept.every((predicate, i) => predicate === predicates[i]);
  return isSame ? predicates : kept;
}

/** A predicate as a list that keeps the same rows: NULL is FALSE, IS TRUE is implied, AND comes apart behind its last operand that may fail. */
function predicatesOf(predicate: Expr): readonly Expr[] {
  if (isTruth(predicate, null)) return [truth(false)];
  if (predicate.kind === 'is-bool' && predicate.value && !predicate.negated) return predicatesOf(predicate.operand);
  if (predicate.kind !== 'and') return [predicate];
  const { operands } = predicate;
  const tied = operands.findLastIndex(mayFail);
  if (tied < 1) return operands.flatMap(predicatesOf);
  if (tied === operands.length - 1) return [predicate];
  return [{ ...predicate, operands: operands.slice(0, tied + 1) }, ...operands.slice(tied + 1).flatMap(predicatesOf)];
}

function isPlainScan(plan: LogicalPlan): plan is Extract<LogicalPlan, { kind: 'scan' }> {
  return plan.kind === 'scan' && !plan.filters.some(mayFail) && plan.range === null;
}
