/** `merge-limits` -> `mergeLimits`: the name of a rule's export. */
export function exportNameOf(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** A small right rule to start from: it drops predicates that say TRUE. */
export function ruleSource(name: string): string {
  const constant = exportNameOf(name);
  return `/**
 * ${name}: one sentence that says what the rule does. The picture shows a plan before and after.
 *
 *   Filter x > 1, TRUE      =>   Filter x > 1
 *     Scan a                       Scan a
 *
 * Why not more: say which plans the rule leaves alone, and what would go wrong there. (FALSE and NULL drop every row, TRUE none.)
 */
import type { Expr } from '@millrace/core';
import { defineRule, filtered, type OptimizerRule } from '@millrace/planner';

export const ${constant}: OptimizerRule<'filter'> = defineRule({
  name: '${name}',
  summary: 'One sentence for the list of rules.',
  phase: 'simplify',
  on: ['filter'],
  order: 'up',
  contract: { errors: 'same' },
  examples: [
    {
      title: 'what it changes',
      sql: 'SELECT k FROM a WHERE x > 1 AND true',
      before: '',
      after: '',
    },
    {
      title: 'what it leaves alone',
      sql: 'SELECT k FROM a WHERE x > 1 AND false',
      before: '',
      after: 'unchanged',
    },
  ],
  rewrite(filter, context) {
    const isTrue = (expr: Expr): boolean => expr.kind === 'literal' && expr.value === true;
    if (!filter.predicates.some(isTrue)) {
      context.note('no predicate is TRUE');
      return filter;
    }
    return filtered(
      filter.input,
      filter.predicates.filter((predicate) => !isTrue(predicate)),
    );
  },
});
`;
}

/** In pieces, so that what reads sources for exports does not take the text for one. */
const EXPORT = 'export const';

/** Wrong in a way that somebody could be: it is there to be refuted. */
export function mutantSource(name: string): string {
  const constant = exportNameOf(name);
  return `import { filtered, type OptimizerRule } from '@millrace/planner';
import { ${constant} } from '../${name}.ts';

/** Wrong: drops FALSE and NULL as well. A plausible mistake of your own rule stands here: a guard left out, two sides mixed up. */
${EXPORT} anyLiteral: OptimizerRule<'filter'> = Object.freeze({
  ...${constant},
  name: '${name} (any literal)',
  rewrite(filter) {
    const kept = filter.predicates.filter((predicate) => predicate.kind !== 'literal');
    return kept.length === filter.predicates.length ? filter : filtered(filter.input, kept);
  },
} satisfies OptimizerRule<'filter'>);
`;
}

/** The whole proof. */
export function testSource(name: string): string {
  const constant = exportNameOf(name);
  const [first, second] = [
    [`mutants/${name}`, 'anyLiteral'],
    [name, constant],
  ]
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
    .map(([path, imported]) => `import { ${imported} } from './${path}.ts';`);
  return `import { ruleSuite } from '@millrace/testkit/vitest';
${first}
${second}

ruleSuite(${constant}, {
  shapes: [['filter', 'scan'], ['filter']], // node kinds, from the top, that the rule looks for: the generator aims there
  minFired: 0.02, // the least share of plans that the rule must change, or the runs prove nothing
  mutants: [anyLiteral],
});
`;
}
