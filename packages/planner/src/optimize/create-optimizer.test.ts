import {
  type Column,
  type ColumnId,
  type Expr,
  type FunctionCatalog,
  LIMITS,
  MillraceError,
  types,
} from '@millrace/core';
import { describe, expect, it } from 'vitest';
import { columnExpr, literalExpr } from '../plan/build.ts';
import type { LogicalPlan } from '../plan/logical-plan.ts';
import { printPlan } from '../plan/print-plan.ts';
import { createOptimizer, type OptimizerOptions } from './create-optimizer.ts';
import type { Optimizer } from './optimizer.ts';
import { defineAnalyzerRule, definePhysicalRule, defineRule, type LogicalPhase, type OptimizerRule } from './rule.ts';
import { RULE_PASSES_MAX } from './run-phase.ts';

const k: Column = { id: 1 as ColumnId, name: 'k', type: types.int4, nullable: true };
const scan: LogicalPlan = {
  kind: 'scan',
  table: { tableId: 'a', schemaId: 1, schemaName: 'public', name: 'a' },
  columns: [{ ...k, field: 'k' }],
  filters: [],
  range: null,
  filterColumns: [],
};
const above = (value: number): Expr => ({
  kind: 'compare',
  op: '>',
  left: columnExpr(k),
  right: literalExpr(value, types.int4),
});
const filter = (...values: number[]): LogicalPlan => ({ kind: 'filter', input: scan, predicates: values.map(above) });
const noFunctions: FunctionCatalog = { overloads: () => [], byId: () => undefined };
let ticks = 0;
const clock = { monotonicMs: () => ticks++ };
const optimizerOf = (options: Partial<OptimizerOptions>): Optimizer =>
  createOptimizer({ rules: [], functions: noFunctions, clock, ...options });
const run = (options: Partial<OptimizerOptions>, plan: LogicalPlan, disabled: string[] = []) =>
  optimizerOf(options).optimize(plan, { nextColumnId: 10, disabled: new Set(disabled), collectEvents: true });

const onFilter = (
  name: string,
  rewrite: OptimizerRule<'filter'>['rewrite'],
  phase: LogicalPhase = 'simplify',
): OptimizerRule =>
  defineRule({ name, summary: name, phase, on: ['filter'], order: 'up', examples: [], rewrite }) as OptimizerRule;

/** Drops the last predicate of a list of more than one. */
const dropLast = onFilter('drop-last', (node) =>
  node.predicates.length > 1 ? { ...node, predicates: node.predicates.slice(0, -1) } : node,
);
/** Reverses the list, for ever. */
const reverse = onFilter('reverse', (node) => ({ ...node, predicates: [...node.predicates].reverse() }));
/** Appends a predicate, for ever. */
const grow = onFilter('grow', (node) => ({ ...node, predicates: [...node.predicates, above(node.predicates.length)] }));
const broken = onFilter('broken', () => {
  throw new TypeError('oh');
});
const dropColumn = onFilter('drop-column', (node) => ({ ...node, input: { ...scan, columns: [] } as LogicalPlan }));

describe('phases', () => {
  it('run to a fixpoint and tell what changed, pass by pass', () => {
    const { plan, events } = run({ rules: [dropLast] }, filter(1, 2, 3));
    expect(printPlan(plan)).toBe('Filter k > 1\n  Scan a [k]');
    expect(events.map((event) => [event.pass, event.changed])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    expect(events[0]).toMatchObject({ phase: 'simplify', rule: 'drop-last', micros: 1000, error: null });
    expect(events[0]?.before).toBe('Filter k#1 > 1, k#1 > 2, k#1 > 3\n  Scan a [k#1]');
    expect(events[0]?.after).toBe('Filter k#1 > 1, k#1 > 2\n  Scan a [k#1]');
  });

  it('keep identity and print nothing when nothing changes or nobody asks', () => {
    const plan = filter(1);
    expect(run({ rules: [dropLast] }, plan).plan).toBe(plan);
    const quiet = optimizerOf({ rules: [dropLast] }).optimize(filter(1, 2), { nextColumnId: 10 });
    expect(quiet.events[0]).toMatchObject({ changed: true, before: null, after: null });
  });

  it('stop when a plan comes back, and when passes or rewrites run out', () => {
    const circle = run({ rules: [reverse] }, filter(1, 2));
    expect(circle.events.at(-1)).toMatchObject({ pass: 4, error: 'a plan came back: rules undo each other' });
    const growing = run({ rules: [grow] }, filter(1));
    expect(growing.events.at(-1)).toMatchObject({ pass: RULE_PASSES_MAX, error: `${RULE_PASSES_MAX} passes` });
    const wide: LogicalPlan = {
      kind: 'union',
      columns: [k],
      inputs: Array.from({ length: LIMITS.ruleApplicationsMax + 1 }, () => filter(1)),
    };
    expect(run({ rules: [grow] }, wide).events.at(-1)?.error).toBe(`more than ${LIMITS.ruleApplicationsMax} rewrites`);
    expect(() => run({ rules: [reverse], verify: 'full' }, filter(1, 2))).toThrow(
      'phase simplify did not settle: a plan came back: rules undo each other, last changed by "reverse"',
    );
  });

  it('run down as well: the node first, then what came of it', () => {
    const seen: string[] = [];
    const visitor = (order: 'up' | 'down'): OptimizerRule =>
      defineRule({
        name: order,
        summary: '',
        phase: order === 'up' ? 'normalize' : 'prune',
        on: ['filter', 'scan'],
        order,
        examples: [],
        rewrite: (node) => {
          seen.push(`${order} ${node.kind}`);
          return node;
        },
      }) as OptimizerRule;
    run({ rules: [visitor('up'), visitor('down')] }, filter(1));
    expect(seen).toEqual(['up scan', 'up filter', 'down filter', 'down scan']);
  });

  it('give out column ids that nobody has', () => {
    const rule = onFilter('mint', (node, context) => {
      const column = context.newColumn({ name: 'n', type: types.int4, nullable: true });
      context.note(`minted ${column.id}`);
      context.note(`minted ${column.id}`);
      return node;
    });
    const { events, nextColumnId } = run({ rules: [rule] }, filter(1));
    expect(events[0]?.notes).toEqual(['minted 10']);
    expect(nextColumnId).toBe(11);
  });
});

describe('failures', () => {
  it('name the rule and the plan, or skip the rule', () => {
    expect(() => run({ rules: [broken] }, filter(1))).toThrow(
      expect.objectContaining({
        sqlstate: 'XX000',
        message: 'rule "broken" failed: oh',
        info: expect.objectContaining({ detail: expect.stringMatching(/^Plan [0-9a-f]{16}\.$/) }),
      }),
    );
    const { plan, events } = run({ rules: [broken, dropLast], onRuleError: 'skip' }, filter(1, 2));
    expect(printPlan(plan)).toBe('Filter k > 1\n  Scan a [k]');
    expect(events[0]).toMatchObject({ rule: 'broken', changed: false, error: 'rule "broken" failed: oh' });
  });

  it('are found by the check between rules, unless it is off', () => {
    const failed = /rule "drop-column" failed: columns changed from \[k#1 integer\] to \[\]/;
    expect(() => run({ rules: [dropColumn] }, filter(1))).toThrow(failed);
    const { plan } = run({ rules: [dropColumn], onRuleError: 'skip' }, filter(1));
    expect(plan).toEqual(filter(1));
    expect(printPlan(run({ rules: [dropColumn], verify: 'off' }, filter(1)).plan)).toContain('Scan a []');
  });

  it('in the middle of a plan are found by the full check only', () => {
    const project: LogicalPlan = {
      kind: 'project',
      input: filter(1),
      assignments: [{ column: k, expr: columnExpr(k) }],
    };
    expect(run({ rules: [dropColumn] }, project).events.some((event) => event.changed)).toBe(true);
    expect(() => run({ rules: [dropColumn], verify: 'full' }, project)).toThrow(/which nothing below produces/);
  });

  it('of an analyzer pass fail the statement even when rules are skipped', () => {
    const policy = (analyze: (plan: LogicalPlan) => LogicalPlan) =>
      defineAnalyzerRule({ name: 'tenant', summary: '', examples: [], analyze });
    const failing = optimizerOf({ analyzers: [policy(() => expect.fail('no tenant'))], onRuleError: 'skip' });
    expect(() => failing.analyze(scan, { nextColumnId: 10 })).toThrow(MillraceError);
    const adding = optimizerOf({ analyzers: [policy(() => filter(7))] });
    expect(printPlan(adding.analyze(scan, { nextColumnId: 10 }).plan)).toBe('Filter k > 7\n  Scan a [k]');
  });
});

describe('switches', () => {
  const policy = defineAnalyzerRule({ name: 'tenant', summary: '', examples: [], analyze: (plan) => plan });
  const optimizer = optimizerOf({ rules: [dropLast, grow], analyzers: [policy], disabled: ['grow'] });

  it('leave disabled rules out: configured, per call, or all', () => {
    expect(optimizer.rules.map((r) => [r.position, r.name, r.enabled, r.switchable])).toEqual([
      [1, 'tenant', true, false],
      [2, 'drop-last', true, true],
      [3, 'grow', false, true],
    ]);
    const plan = filter(1, 2);
    expect(optimizer.optimize(plan, { nextColumnId: 10 }).plan).not.toBe(plan);
    const disabled = optimizer.disabledRules(' drop-last ,');
    expect(optimizer.optimize(plan, { nextColumnId: 10, disabled }).plan).toBe(plan);
    expect([...optimizer.disabledRules('all')]).toEqual(['drop-last', 'grow']);
    expect(optimizer.disabledRules('').size).toBe(0);
  });

  it('refuse unknown names and analyzer passes', () => {
    expect(() => optimizer.disabledRules('drop-lsat')).toThrow(
      expect.objectContaining({
        sqlstate: '22023',
        info: expect.objectContaining({ hint: 'Did you mean "drop-last"?' }),
      }),
    );
    expect(() => optimizer.disabledRules('tenant')).toThrow('"tenant" is an analyzer pass, which cannot be disabled');
    expect(() => optimizerOf({ disabled: ['x'] })).toThrow(expect.objectContaining({ sqlstate: 'F0000' }));
  });
});

describe('bind and physical', () => {
  const format = {
    timeZone: 'UTC',
    dateStyle: 'ISO',
    intervalStyle: 'postgres',
    byteaOutput: 'hex',
    extraFloatDigits: 1,
  } as const;

  it('binds only where a rule of the phase could apply', () => {
    const seen: unknown[] = [];
    const bindRule = onFilter(
      'see-values',
      (node, context) => {
        seen.push(context.binding?.parameters);
        return node;
      },
      'bind',
    );
    const optimizer = optimizerOf({ rules: [bindRule] });
    expect(optimizer.needsBinding(scan)).toBe(false);
    expect(optimizer.needsBinding(filter(1))).toBe(true);
    expect(optimizer.needsBinding(filter(1), new Set(['see-values']))).toBe(false);
    optimizer.bind(filter(1), { nextColumnId: 10, parameters: [null], format, transactionMicros: 0n });
    expect(seen).toEqual([[null]]);
    optimizer.optimize(filter(1), { nextColumnId: 10 });
    expect(seen).toHaveLength(1);
  });

  it('lowers, then runs physical rules bottom-up', () => {
    const seen: string[] = [];
    const rule = definePhysicalRule({
      name: 'no-filter',
      summary: '',
      examples: [],
      rewritePhysical: (node) => {
        seen.push(node.op);
        return node.op === 'filter' ? node.input : node;
      },
    });
    const optimizer = optimizerOf({ rules: [rule] });
    expect(optimizer.physical(filter(1), { nextColumnId: 10 }).plan.op).toBe('table-scan');
    expect(seen).toEqual(['table-scan', 'filter']);
    const disabled = new Set(['no-filter']);
    expect(optimizer.physical(filter(1), { nextColumnId: 10, disabled }).plan.op).toBe('filter');
  });
});
