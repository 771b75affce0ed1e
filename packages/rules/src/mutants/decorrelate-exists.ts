import { literalExpr, mapExprs, type OptimizerRule, rewriteUp } from '@millrace/planner';
import { decorrelateExists } from '../decorrelate-exists.ts';

type Rewrite = OptimizerRule<'filter'>['rewrite'];

function mutant(name: string, rewrite: Rewrite): OptimizerRule<'filter'> {
  return Object.freeze({ ...decorrelateExists, name: `decorrelate-exists (${name})`, rewrite });
}

/** Wrong: NOT IN takes a NULL for a value that differs from all others. */
export const nullBlind: OptimizerRule<'filter'> = mutant('NULLs differ', (filter, context) => {
  const result = decorrelateExists.rewrite(filter, context);
  if (result === filter) return filter;
  return rewriteUp(result, (node) => {
    if (node.kind !== 'join' || node.type !== 'anti') return node;
    return mapExprs(node, (expr) => (expr.kind === 'is-bool' && !expr.value && expr.negated ? expr.operand : expr));
  });
});

/** Wrong: the answer behind the join is always TRUE, also where the filter asked for FALSE. */
export const answerIsTrue: OptimizerRule<'filter'> = mutant('the answer is TRUE', (filter, context) => {
  const result = decorrelateExists.rewrite(filter, context);
  const project = result.kind === 'filter' ? result.input : result;
  if (result === filter || project.kind !== 'project') return result;
  const answered = mapExprs(project, (expr) =>
    expr.kind === 'literal' && expr.value === false ? literalExpr(true, expr.type) : expr,
  );
  return result.kind === 'filter' ? { ...result, input: answered } : answered;
});

/** Wrong: NOT IN keeps what differs from some row, instead of from all. */
export const someDiffers: OptimizerRule<'filter'> = mutant('differs from some row', (filter, context) => {
  const result = decorrelateExists.rewrite(filter, context);
  if (result === filter) return filter;
  return rewriteUp(result, (node) => {
    if (node.kind !== 'join' || node.type !== 'anti') return node;
    const [last] = node.on.slice(-1);
    if (last?.kind !== 'is-bool' || last.operand.kind !== 'compare') return node;
    return { ...node, type: 'semi', on: [...node.on.slice(0, -1), { ...last.operand, op: '<>' }] };
  });
});
