import { type Expr, rewriteExprUp } from '@millrace/core';
import { mapExprs, type OptimizerRule } from '@millrace/planner';
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

/** Wrong, off by one: ranges end before their bound, so `= 2` is from 2 up to but not with 2, and the partition that a bound names is left out. */
export const leavesOutTheBound: PrunePartitions = misreading('off by one', (part) => {
  if (part.kind !== 'compare') return part;
  const before: Expr = { ...part, op: '<' };
  if (part.op === '<=') return before;
  return part.op === '=' ? { kind: 'and', operands: [{ ...part, op: '>=' }, before] } : part;
});

/** Wrong: NOT is forgotten on the way in, so the partitions that are not wanted are read, and no others. */
export const forgetsNot: PrunePartitions = misreading('without NOT', (part) =>
  part.kind === 'not' ? part.operand : part,
);
