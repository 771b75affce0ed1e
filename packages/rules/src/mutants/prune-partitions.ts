import { type Expr, rewriteExprUp, types } from '@millrace/core';
import { literalExpr, mapExprs, type OptimizerRule } from '@millrace/planner';
import { prunePartitions } from '../prune-partitions.ts';

type PrunePartitions = typeof prunePartitions;

/** The rule, reading predicates that were changed; the node keeps its own. */
function misreading(name: string, change: (part: Expr) => Expr): PrunePartitions {
  return Object.freeze({
    ...prunePartitions,
    name: `prune-partitions (${name})`,
    rewrite(node, context) {
      const misread = mapExprs(node, (predicate) => rewriteExprUp(predicate, change)) as typeof node;
      const result = prunePartitions.rewrite(misread, context);
      if (result === misread) return node;
      if (result.kind === 'filter' && node.kind === 'filter') return { ...result, predicates: node.predicates };
      return result.kind === 'join' && node.kind === 'join' ? { ...result, on: node.on } : node;
    },
  } satisfies OptimizerRule<'filter' | 'join'>);
}

/** Wrong: of an OR, too, parts that say nothing of partitions are left out. */
export const forgetsAlternatives: PrunePartitions = misreading('an OR like an AND', (part) =>
  part.kind === 'or' ? { ...part, kind: 'and' } : part,
);

/** Wrong, off by one: ranges end before their bound, so the partition that a bound names is left out, also where the whole predicate could move. */
export const leavesOutTheBound: PrunePartitions = misreading('off by one', (part) => {
  if (part.kind !== 'compare' || (part.op !== '<=' && part.op !== '=')) return part;
  const from: readonly Expr[] = part.op === '=' ? [{ ...part, op: '>=' }] : [];
  return { kind: 'and', operands: [...from, { ...part, op: '<' }, literalExpr(true, types.bool)] };
});

/** Wrong: NOT is forgotten on the way in, so the partitions that are not wanted are read, and no others. */
export const forgetsNot: PrunePartitions = misreading('without NOT', (part) =>
  part.kind === 'not' ? part.operand : part,
);
