import { type Expr, operandsOf, someExpr } from '@millrace/core';
import { exprsOf, inputsOf, type LogicalPlan, type PlanKind, type PlanOf, printPlan } from '@millrace/planner';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referenceOutcome } from '../suite/outcome.ts';
import { type PlanCase, planCases } from './plan-case.ts';

// What wrong rules and operators were found with, here and elsewhere: the generator must go on making it. Each pattern is a line of the plan's text
// or a question to its nodes; it must come up in a bounded number of plans of a shape that leads there.

const nodesOf = (plan: LogicalPlan): readonly LogicalPlan[] => [plan, ...inputsOf(plan).flatMap(nodesOf)];
const some = (plan: LogicalPlan, test: (node: LogicalPlan) => boolean): boolean => nodesOf(plan).some(test);
const someIn = (plan: LogicalPlan, test: (expr: Expr) => boolean): boolean =>
  some(plan, (node) => exprsOf(node).some((expr) => someExpr(expr, test)));
const inputOf = (node: LogicalPlan): LogicalPlan | undefined => inputsOf(node)[0];
const isLiteral = (expr: Expr | null, value: unknown): boolean =>
  expr?.kind === 'literal' && Object.is(expr.value, value);

function isRepeated(exprs: readonly Expr[]): boolean {
  const seen = new Set<Expr>();
  const repeats = (expr: Expr): boolean => {
    if (expr.kind === 'literal' || expr.kind === 'column') return false;
    if (seen.has(expr)) return true;
    seen.add(expr);
    return operandsOf(expr).some(repeats);
  };
  return exprs.some(repeats);
}

/** A guard in front of what it guards: AND or OR over a division, CASE over a division or a cast. */
const fails = (expr: Expr): boolean =>
  someExpr(expr, (inner) => (inner.kind === 'call' && inner.fn.id.startsWith('/(')) || inner.kind === 'cast');

const readsOuter = (plan: PlanOf<'apply'>): boolean => {
  const inner = new Set(
    nodesOf(plan.subquery).flatMap((node) => ('columns' in node ? node.columns.map((c) => c.id) : [])),
  );
  return nodesOf(plan.subquery).some(
    (node) =>
      node.kind === 'apply' &&
      nodesOf(node.subquery).some((deep) =>
        exprsOf(deep).some((e) => someExpr(e, (x) => x.kind === 'column' && !inner.has(x.id))),
      ),
  );
};

type Pattern = readonly [name: string, shape: readonly PlanKind[], found: (subject: PlanCase) => boolean];
const text =
  (pattern: RegExp) =>
  ({ plan }: PlanCase): boolean =>
    pattern.test(printPlan(plan, { ids: 'never' }));
const node =
  (test: (node: LogicalPlan) => boolean) =>
  ({ plan }: PlanCase): boolean =>
    some(plan, test);

const PATTERNS: readonly Pattern[] = [
  ['a filter above a left join', ['filter', 'join'], text(/Filter[^\n]*\n +Join left/)],
  ['a filter above a full join', ['filter', 'join'], text(/Filter[^\n]*\n +Join full/)],
  ['IS NULL above an outer join', ['filter', 'join'], text(/Filter[^\n]* IS NULL[^\n]*\n +Join (?:left|right|full)/)],
  ['an outer join on FALSE or NULL', ['join'], text(/Join (?:left|right|full) on (?:[^\n]*, )?(?:false|NULL)/)],
  ['a join on IS NOT DISTINCT FROM', ['join'], text(/Join \w+ on [^\n]*IS NOT DISTINCT FROM/)],
  ['a filter above a limit', ['filter', 'limit'], text(/Filter[^\n]*\n +Limit/)],
  ['a limit above a distinct', ['limit', 'sort', 'distinct'], text(/Limit[^\n]*\n +Sort[^\n]*\n +Distinct/)],
  ['a limit above a union', ['limit', 'union'], text(/Limit[^\n]*\n(?: +Sort[^\n]*\n)? +Union/)],
  ['a filter above a grouped aggregate', ['filter', 'aggregate'], text(/Filter[^\n]*\n +Aggregate by/)],
  ['a filter above an aggregate of everything', ['filter', 'aggregate'], text(/Filter[^\n]*\n +Aggregate: /)],
  ['a distinct aggregate with a filter', ['aggregate'], text(/DISTINCT [^\n]*FILTER/)],
  ['NOT IN in WHERE', ['filter', 'apply'], text(/Filter[^\n]*any[^\n]*\n +Apply[^\n]*<> all/)],
  ['NOT EXISTS in WHERE', ['filter', 'apply'], text(/Filter[^\n]*NOT [^\n]*\n +Apply exists/)],
  [
    'a correlated count',
    ['apply'],
    node(
      (n) =>
        n.kind === 'apply' &&
        n.mode.kind === 'scalar' &&
        some(n.subquery, (s) => s.kind === 'aggregate' && s.groupBy.length === 0 && inputOf(s)?.kind === 'filter'),
    ),
  ],
  ['a subquery that reads a row two levels up', ['apply', 'apply'], node((n) => n.kind === 'apply' && readsOuter(n))],
  ['LIMIT 0', ['limit'], node((n) => n.kind === 'limit' && isLiteral(n.range.fetch, 0n))],
  ['OFFSET beyond the end', ['limit'], node((n) => n.kind === 'limit' && isLiteral(n.range.skip, 9n))],
  [
    'LIMIT and OFFSET whose sum is no int8',
    ['limit'],
    node((n) => n.kind === 'limit' && isLiteral(n.range.fetch, 2n ** 63n - 1n) && n.range.skip !== null),
  ],
  ['a parameter in LIMIT', ['limit'], node((n) => n.kind === 'limit' && n.range.fetch?.kind === 'parameter')],
  ['the same subtree twice in a node', ['project'], node((n) => isRepeated(exprsOf(n)))],
  [
    'x = x',
    ['filter'],
    ({ plan }) =>
      someIn(plan, (e) => e.kind === 'compare' && e.op === '=' && e.left === e.right && e.left.kind !== 'literal'),
  ],
  [
    'p OR NOT p',
    ['filter'],
    ({ plan }) =>
      someIn(
        plan,
        (e) => e.kind === 'or' && e.operands.some((a) => e.operands.some((b) => b.kind === 'not' && b.operand === a)),
      ),
  ],
  [
    'AND that guards',
    ['filter'],
    ({ plan }) => someIn(plan, (e) => e.kind === 'and' && fails(e) && e.operands[0]?.kind === 'compare'),
  ],
  [
    'CASE that guards',
    ['filter'],
    ({ plan }) => someIn(plan, (e) => e.kind === 'case' && e.branches.some((b) => fails(b.then))),
  ],
  [
    'NULLIF',
    ['project'],
    ({ plan }) =>
      someIn(
        plan,
        (e) => e.kind === 'case' && e.branches[0]?.when.kind === 'compare' && e.branches[0].when.left === e.otherwise,
      ),
  ],
  ['-0', ['project'], ({ plan }) => someIn(plan, (e) => isLiteral(e, -0))],
  ['a negated float', ['project'], ({ plan }) => someIn(plan, (e) => e.kind === 'call' && e.fn.id === '-(float8)')],
  [
    'ANY of an array column',
    ['filter'],
    ({ plan }) => someIn(plan, (e) => e.kind === 'quantified' && e.right.kind === 'column'),
  ],
  ['json access', ['project'], ({ plan }) => someIn(plan, (e) => e.kind === 'call' && e.fn.id.startsWith('->>'))],
  ['now()', ['project'], ({ plan }) => someIn(plan, (e) => e.kind === 'call' && e.fn.id === 'now()')],
  ['a union of three', ['union'], node((n) => n.kind === 'union' && n.inputs.length === 3)],
  [
    'a union of bare scans',
    ['union', 'scan'],
    node((n) => n.kind === 'union' && n.inputs.every((i) => i.kind === 'scan')),
  ],
  ['a join in a join', ['join', 'join'], text(/Join[^\n]*\n +Join/)],
  ['an extension below a filter', ['filter', 'extension'], text(/Filter[^\n]*\n +testkit-copies/)],
  [
    'a group of NULLs',
    ['aggregate'],
    (subject) => {
      const outcome = referenceOutcome(subject.plan, subject);
      return (
        subject.plan.kind === 'aggregate' &&
        subject.plan.groupBy.length > 0 &&
        outcome.kind === 'rows' &&
        outcome.rows.some((row) => row[0] === null)
      );
    },
  ],
];

const SAMPLES_MAX = 3000;

/** The first of a bounded number of plans that has the pattern. */
function firstWith(shape: readonly PlanKind[], found: (subject: PlanCase) => boolean): PlanCase | undefined {
  for (let seed = 1; seed <= SAMPLES_MAX / 50; seed++) {
    const match = fc.sample(planCases({ shapes: [shape] }), { numRuns: 50, seed }).find(found);
    if (match !== undefined) return match;
  }
  return undefined;
}

describe('generated plans', { timeout: 60_000 }, () => {
  it.each(PATTERNS)('have %s', (_, shape, found) => {
    expect(firstWith(shape, found)).toBeDefined();
  });

  const KINDS: readonly PlanKind[] = [
    'filter',
    'project',
    'join',
    'aggregate',
    'sort',
    'limit',
    'union',
    'apply',
    'window',
  ];
  it.each(KINDS)('with %s fail seldom, are not large, and often have rows', (kind) => {
    const cases = fc.sample(planCases({ shapes: [[kind]] }), { numRuns: 600, seed: 2 });
    const outcomes = cases.map((subject) => referenceOutcome(subject.plan, subject));
    const share = (count: number): number => count / cases.length;
    expect(share(outcomes.filter((outcome) => outcome.kind === 'error').length)).toBeLessThan(0.15);
    expect(
      share(outcomes.filter((outcome) => outcome.kind === 'rows' && outcome.rows.length > 0).length),
    ).toBeGreaterThan(0.25);
    expect(share(cases.filter(({ plan }) => nodesOf(plan).length > 25).length)).toBeLessThan(0.05);
  });
});
