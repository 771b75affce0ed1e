import {
  type Column,
  type ColumnId,
  columnsRead,
  type DataType,
  type Expr,
  standardFunctions,
  types,
} from '@millrace/core';
import {
  columnExpr,
  columnsOf,
  defineRule,
  type EquivalenceContract,
  type LogicalPlan,
  literalExpr,
  type OptimizerRule,
  type PlanKind,
  type SwitchableRule,
} from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import type { PlanCase } from '../gen/plan-case.ts';
import type { CheckName } from './checks.ts';
import { isSameBag } from './compare-rows.ts';
import { type HuntOptions, huntMutant, huntRule } from './hunt.ts';
import { tryRule } from './trial.ts';

// The kit itself: it lets a right rule pass, and each kind of wrong one is found under the right name, with a report that shows it.
const budget = { runs: 1000, seed: 1 };
const options = { shapes: [['filter', 'filter'], ['filter']] as const, limits: 'prefix' as const };

function ruleOn<K extends PlanKind>(
  on: K,
  rewrite: OptimizerRule<K>['rewrite'],
  more: { readonly contract?: Partial<EquivalenceContract>; readonly order?: 'up' | 'down' } = {},
): OptimizerRule<K> {
  return defineRule<K>({
    name: 'example',
    summary: '',
    phase: 'simplify',
    on: [on],
    order: 'up',
    examples: [],
    rewrite,
    ...more,
  });
}

/** The names of the checks that a wrong rule fails, and the report of each. */
async function faultsOf(
  rule: SwitchableRule,
  hunted: HuntOptions = options,
  runs: number = budget.runs,
): Promise<ReadonlyMap<CheckName, string>> {
  const { finds } = await huntRule(rule, hunted, { ...budget, runs });
  return new Map([...finds].map(([check, { report }]) => [check, report]));
}

const always: Expr = literalExpr(true, types.bool);
const merged = ruleOn('filter', (filter) => {
  const { input } = filter;
  if (input.kind !== 'filter') return filter;
  return { ...input, predicates: [...input.predicates, ...filter.predicates] };
});

describe('a hunt', { timeout: 120_000 }, () => {
  it('finds nothing wrong with two filters made one', async () => {
    const { finds, coverage } = await huntRule(merged, options, budget);
    expect([...finds.values()].map(({ report }) => report)).toEqual([]);
    expect(coverage.fired).toBeGreaterThan(300);
    expect(coverage.nonEmpty).toBeGreaterThan(50);
  });

  it('finds that AND is not a list: it goes on after NULL, and fails', async () => {
    const conjunction = ruleOn('filter', (filter) =>
      filter.predicates.length < 2 ? filter : { ...filter, predicates: [{ kind: 'and', operands: filter.predicates }] },
    );
    const report = (await faultsOf(conjunction, options, 10_000)).get('errors');
    expect(report).toMatch(/^example \(errors\): after the rule the plan fails with 2\w{4}/);
    expect(report).toMatch(/\nFUZZ_SEED=1, run \d+, path [\d:]+, plan [0-9a-f]{16}, shrunk to:\nplan:\n {2}Filter /);
    expect(report).toMatch(/change:\n.*\n? {2}- Filter[^\n]*\n {2}\+ Filter/);
    expect(report).toMatch(/without the rule:\n[\s\S]*with the rule:\n {2}2\w{4}: /);
  });

  it('finds rows that are lost, and says on which data', async () => {
    const empty = ruleOn('filter', (filter) =>
      filter.predicates.length === 0 ? filter : { ...filter, predicates: [] },
    );
    const faults = await faultsOf(empty);
    expect([...faults.keys()]).toContain('rows');
    expect(faults.get('rows')).toMatch(/other rows come out[\s\S]*table \w \(/);
    expect(await huntMutant(empty, options, budget)).toMatchObject({ problem: 'rows: other rows come out' });
  });
});

describe('the laws', { timeout: 120_000 }, () => {
  const namesOf = async (rewrite: OptimizerRule<'filter'>['rewrite']): Promise<readonly CheckName[]> => [
    ...(await faultsOf(ruleOn('filter', rewrite), options, 200)).keys(),
  ];

  it('name a rule that throws', async () => {
    expect(await namesOf(() => expect.fail('no'))).toEqual(['throws']);
  });

  it('name a rule that writes to its input', async () => {
    expect(await namesOf((filter) => Object.assign(filter, { predicates: [] }))).toEqual(['frozen']);
    const pushes = (list: readonly Expr[]): number => (list as Expr[]).push(always);
    expect(await namesOf((filter) => (pushes(filter.predicates) > 0 ? filter : filter))).toEqual(['frozen']);
  });

  it('name a rule that rebuilds', async () => {
    expect(await namesOf((filter) => ({ ...filter }))).toContain('churn');
    expect(
      await namesOf((filter) => ({ ...filter, predicates: filter.predicates.map((one) => ({ ...one })) })),
    ).toContain('churn');
  });

  it('name a rule that makes columns of another type, or none', async () => {
    expect(await namesOf((filter) => ({ ...filter, predicates: [literalExpr(1, types.int4)] }))).toContain('valid');
    const dropped = await namesOf((filter): LogicalPlan => {
      const [first] = columnsOf(filter);
      if (first === undefined) return filter;
      return { kind: 'project', input: filter, assignments: [{ column: first, expr: columnExpr(first) }] };
    });
    expect(dropped).toContain('columns');
  });

  it('tell a rule that needs two runs from one that never ends', async () => {
    const again = (filter: Parameters<typeof merged.rewrite>[0], most: number): LogicalPlan =>
      filter.predicates.filter((predicate) => predicate === always).length >= most
        ? filter
        : { ...filter, predicates: [...filter.predicates, always] };
    expect(await namesOf((filter) => again(filter, 2))).toEqual(['settles']);
    expect(await namesOf((filter) => again(filter, 1000))).toEqual(['ends']);
    const swapped = await namesOf((filter) => ({ ...filter, predicates: filter.predicates.map(negatedTwice) }));
    expect(swapped).toEqual(['ends']);
  });

  it('name a rule that decides by something else than the plan', async () => {
    let calls = 0;
    const names = await namesOf((filter) =>
      ++calls % 3 === 0 ? { ...filter, predicates: [...filter.predicates, always] } : filter,
    );
    expect(names).toContain('repeats');
  });

  it('name a rule that evaluates a volatile expression anew, also where the plan has no more of them', async () => {
    const twice = ruleOn('project', (project) => {
      const { input } = project;
      if (input.kind !== 'project') return project;
      const inside = new Map(input.assignments.map(({ column, expr }) => [column.id, expr]));
      const assignments = project.assignments.map((assignment) => {
        const { expr } = assignment;
        const known = expr.kind === 'column' ? inside.get(expr.id) : undefined;
        return known === undefined || known === expr ? assignment : { ...assignment, expr: known };
      });
      return assignments.every((one, i) => one === project.assignments[i]) ? project : { ...project, assignments };
    });
    const value = columnOf('r', types.float8);
    const drawn = projected(projected(scanOf('a'), [value, callOf('random()', [])]), [
      copyOf(value),
      columnExpr(value),
    ]);
    const { problems } = await tryRule(twice, caseOf(drawn), {});
    expect(problems.get('volatile')).toBe('2 volatile calls instead of 1');
    const late = ruleOn('filter', (filter) => {
      const volatile = filter.predicates.filter((one) => JSON.stringify(one).includes('random()'));
      const others = filter.predicates.filter((one) => !volatile.includes(one));
      const reordered = [...volatile, ...others];
      return reordered.every((one, i) => one === filter.predicates[i]) ? filter : { ...filter, predicates: reordered };
    });
    const scan = scanOf('a');
    const [first] = columnsOf(scan);
    const rare: Expr = { kind: 'is-null', operand: first === undefined ? always : columnExpr(first), negated: false };
    const half: Expr = { kind: 'compare', op: '>', left: callOf('random()', []), right: literalExpr(0, types.float8) };
    const ordered = caseOf({ kind: 'filter', input: scan, predicates: [rare, half] });
    const reordered = await tryRule(late, ordered, {});
    expect(Object.fromEntries(reordered.problems)).toEqual({ volatile: 'random() is called 3 times instead of 1' });
  });

  it('name a rule whose couldApply or needs denies what it does', async () => {
    const denying = defineRule({
      ...ruleOn('filter', (filter) => (filter.predicates.length === 0 ? filter : { ...filter, predicates: [] })),
      phase: 'bind',
      couldApply: () => false,
    });
    expect((await faultsOf(denying, options, 200)).has('couldApply')).toBe(true);
    const needy = defineRule({
      ...ruleOn('filter', (filter) => (filter.predicates.length === 0 ? filter : { ...filter, predicates: [] })),
      needs: ['window', 'join'],
    });
    const report = (await faultsOf(needy, options, 200)).get('couldApply');
    expect(report).toContain('a plan without window or join was changed');
  });
});

let nextId = 1;
const columnOf = (name: string, type: DataType, nullable = true): Column => ({
  id: nextId++ as ColumnId,
  name,
  type,
  nullable,
});
const copyOf = ({ name, type }: Column): Column => columnOf(name, type);
const castOf = (operand: Expr): Expr => ({ kind: 'cast', operand, type: types.int4, context: 'explicit' });
const scanOf = (table: string): LogicalPlan => ({
  kind: 'scan',
  table: { tableId: table, schemaId: 1, schemaName: 'public', name: table },
  columns: ['k', 'x'].map((field) => ({ ...columnOf(field, types.int4), field })),
  filters: [],
  range: null,
  filterColumns: [],
});
const projected = (input: LogicalPlan, ...columns: readonly (readonly [Column, Expr])[]): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: columns.map(([column, expr]) => ({ column, expr })),
});
/** The plan with three rows in each table. */
function caseOf(plan: LogicalPlan): PlanCase {
  const rows = [1, 1, null].map((k) => ({ k, x: k, y: k, t: null }));
  return { plan, database: new Map(['a', 'b', 'c'].map((table) => [table, rows])), parameters: [], nextColumnId: 1000 };
}

function negatedTwice(expr: Expr): Expr {
  return { kind: 'not', operand: { kind: 'not', operand: expr } };
}

describe('the contract', { timeout: 120_000 }, () => {
  const pruning = (errors: 'same' | 'may-remove'): OptimizerRule<'project'> =>
    ruleOn(
      'project',
      (outer) => {
        const inner = outer.input;
        if (inner.kind !== 'project') return outer;
        const read = new Set(outer.assignments.flatMap(({ expr }) => [...columnsRead(expr)]));
        const kept = inner.assignments.filter(({ column }) => read.has(column.id));
        return kept.length === inner.assignments.length ? outer : { ...outer, input: { ...inner, assignments: kept } };
      },
      { contract: { errors }, order: 'down' },
    );
  const projects = { shapes: [['project', 'project']] as const };

  it('lets errors vanish, and others come up behind them, unless it says same', async () => {
    const { finds, coverage } = await huntRule(pruning('may-remove'), projects, { ...budget, runs: 1000 });
    expect([...finds.values()].map(({ report }) => report)).toEqual([]);
    expect(coverage.errorsRemoved).toBeGreaterThan(1);
    const [one, other] = [columnOf('one', types.int4), columnOf('other', types.int4)];
    const quotient = callOf('/(int4,int4)', [literalExpr(1, types.int4), literalExpr(0, types.int4)]);
    const failing = projected(scanOf('a'), [one, quotient], [other, castOf(literalExpr('x', types.text))]);
    const hidden = caseOf(projected(failing, [copyOf(other), columnExpr(other)]));
    const { problems, compared } = await tryRule(pruning('may-remove'), hidden, {});
    expect([...problems]).toEqual([]);
    expect(compared).toMatchObject({
      verdict: 'other-error',
      expected: { sqlstate: '22012' },
      actual: { sqlstate: '22P02' },
    });
    const refused = await tryRule(pruning('same'), hidden, {});
    expect(refused.problems.get('errors')).toMatch(/^the plan fails with 22012, after the rule with 22P02/);
    const strict = await faultsOf(pruning('same'), projects);
    expect(strict.get('errors')).toMatch(/the plan fails with 2\w{4}; after the rule it does not/);
  });

  it('does not let one error become another', async () => {
    const divisions = ruleOn('project', (project) => {
      const assignments = project.assignments.map((assignment) => {
        const expr = withLength(assignment.expr);
        return expr === assignment.expr ? assignment : { ...assignment, expr };
      });
      return assignments.every((one, i) => one === project.assignments[i]) ? project : { ...project, assignments };
    });
    const report = (await faultsOf(divisions, { shapes: [['project', 'scan']] }, 4000)).get('errors');
    expect(report).toMatch(/the plan fails with 22012, after the rule with 22003|after the rule the plan fails/);
  });
});

/** `x / y` becomes `(x + 2147483647 + 1) / y`: where y is 0 the division failed, now the sum does. */
function withLength(expr: Expr): Expr {
  if (expr.kind !== 'call' || expr.fn.id !== '/(int4,int4)') return expr;
  const [left, right] = expr.args;
  if (left?.kind !== 'column' || right === undefined) return expr;
  const sum = (a: Expr, b: number): Expr => callOf('+(int4,int4)', [a, literalExpr(b, types.int4)]);
  return { ...expr, args: [sum(sum(left, 2_147_483_647), 1), right] };
}

/** A call of a standard function. */
function callOf(id: string, args: readonly Expr[]): Expr {
  const fn = standardFunctions.byId(id);
  if (fn === undefined || typeof fn.returns !== 'object') return expect.fail(`there is no ${id}`);
  const { volatility, mayFail, strict, returns } = fn;
  return { kind: 'call', fn: { id, volatility, mayFail, strict }, args, type: returns };
}

describe('NOT NULL and floats', () => {
  const x = columnOf('x', types.int4);
  const tightened = (contract: Partial<EquivalenceContract>): OptimizerRule<'project'> =>
    ruleOn(
      'project',
      (project) => ({
        ...project,
        assignments: project.assignments.map(({ column, expr }) => ({ column: { ...column, nullable: false }, expr })),
      }),
      { contract },
    );
  const scan = scanOf('a');
  const [k] = columnsOf(scan);
  const source = k === undefined ? literalExpr(null, types.int4) : columnExpr(k);

  it('may be said only of what holds no NULL, and not at all where the contract says same', async () => {
    const { problems } = await tryRule(tightened({}), caseOf(projected(scan, [x, source])), {});
    expect(problems.get('nullability')).toBe('column x is declared NOT NULL and holds NULL');
    const one = caseOf(projected(scan, [x, literalExpr(1, types.int4)]));
    expect((await tryRule(tightened({}), one, {})).problems.has('nullability')).toBe(false);
    const same = await tryRule(tightened({ nullability: 'same' }), one, {});
    expect(same.problems.get('nullability')).toMatch(/^the rule changed which columns may be NULL/);
  });

  it('may not be said of a node inside either', async () => {
    const inside = ruleOn('sort', (sort) => {
      const { input } = sort;
      if (input.kind !== 'project' || input.assignments.some(({ column }) => !column.nullable)) return sort;
      const assignments = input.assignments.map(({ column, expr }) => ({
        column: { ...column, nullable: false },
        expr,
      }));
      const wrong: LogicalPlan = { ...sort, input: { ...input, assignments } };
      return { kind: 'project', input: wrong, assignments: [{ column: x, expr: columnExpr(x) }] };
    });
    const sort: LogicalPlan = { kind: 'sort', input: projected(scan, [x, source]), keys: [], range: null };
    const { problems } = await tryRule(inside, caseOf(sort), {});
    expect(problems.get('nullability')).toBe('column x is declared NOT NULL and holds NULL');
  });

  it('compare floats as exactly as the contract says', () => {
    const rows = [
      [1, [2]],
      [Number.NaN, null],
    ];
    const close = [
      [Number.NaN, null],
      [1 + 1e-13, [2 - 1e-13]],
    ];
    expect(isSameBag(rows, close, 'exact')).toBe(false);
    expect(isSameBag(rows, close, { relative: 1e-12 })).toBe(true);
    expect(isSameBag(rows, close, { relative: 1e-14 })).toBe(false);
    expect(isSameBag([[1], [1]], [[1], [2]], { relative: 1e-12 })).toBe(false);
  });
});
