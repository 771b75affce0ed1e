import { type Expr, types, type Value } from '@millrace/core';
import { defineRule, type LogicalPlan, printPlan } from '@millrace/planner';
import { describe, expect, it } from 'vitest';
import type { PlanCase } from '../gen/plan-case.ts';
import { FIXTURE_TABLES } from '../gen/tables.ts';
import { valueKey } from './compare-rows.ts';
import { huntRule } from './hunt.ts';
import { fromJson, toJson } from './plan-json.ts';
import { readRegression, regressionFile } from './regression.ts';
import { problemsOf } from './trial.ts';

const TABLES = FIXTURE_TABLES.map((table) => table.tableId);

describe('plans as JSON', () => {
  it('lose nothing that JSON has no word for', () => {
    const values: readonly Value[] = [
      1n,
      -(2n ** 63n),
      Number.NaN,
      -0,
      Number.NEGATIVE_INFINITY,
      1.5,
      '',
      null,
      '$bigint',
    ];
    const round = (value: unknown): unknown => fromJson(JSON.parse(JSON.stringify(toJson(value))));
    expect(values.map((value) => valueKey(round(value) as Value))).toEqual(values.map(valueKey));
    expect(round({ months: 1, days: 2, micros: 3n })).toEqual({ months: 1, days: 2, micros: 3n });
    expect(round([Uint8Array.of(0, 255), BigInt64Array.of(5n, -1n), Float64Array.of(Number.NaN)])).toEqual([
      Uint8Array.of(0, 255),
      BigInt64Array.of(5n, -1n),
      Float64Array.of(Number.NaN),
    ]);
    expect(() => fromJson({ $money: '1' })).toThrow('"$money" stands for nothing');
    expect(() => toJson(new DataView(new ArrayBuffer(1)))).toThrow('no JSON for a DataView');
  });
});

describe('regression files', () => {
  /** Wrong: of several predicates it keeps the first. */
  const forgetful = defineRule({
    name: 'forgetful',
    summary: '',
    phase: 'simplify',
    on: ['filter'],
    order: 'up',
    examples: [],
    rewrite: (node) => (node.predicates.length > 1 ? { ...node, predicates: node.predicates.slice(0, 1) } : node),
  });
  const options = { shapes: [['filter', 'scan']] as const };

  it('say what went wrong, and replay without the generator', async () => {
    const { finds } = await huntRule(forgetful, options, { runs: 200, seed: 1 });
    const find = finds.get('rows');
    if (find === undefined) return expect.fail('the hunt finds lost predicates');
    const file = regressionFile(forgetful, find);
    expect(file.name).toMatch(/^rows-[0-9a-f]{8}\.json$/);
    const content: Readonly<Record<string, unknown>> = JSON.parse(file.text);
    expect(content).toMatchObject({
      rule: 'forgetful',
      check: 'rows',
      note: 'other rows come out',
      found: { seed: 1 },
    });
    expect((content['before'] as readonly string[])[0]).toMatch(/^Filter .*, /);
    expect((content['after'] as readonly string[])[0]).toMatch(/^Filter [^,]*$/);
    const { subject, note } = readRegression(file.text, TABLES);
    expect(note).toBe('other rows come out');
    expect(printPlan(subject.plan, { ids: 'always' })).toBe(printPlan(find.subject.plan, { ids: 'always' }));
    expect([...(await problemsOf(forgetful, subject, {})).keys()]).toEqual(['rows']);
    const right = defineRule({ ...forgetful, rewrite: (node) => node });
    expect([...(await problemsOf(right, subject, {}))]).toEqual([]);
  });

  it('are small: two predicates, one row, no more', async () => {
    const { finds } = await huntRule(forgetful, options, { runs: 200, seed: 7 });
    const subject = finds.get('rows')?.subject;
    if (subject === undefined) return expect.fail('the hunt finds lost predicates');
    expect(printPlan(subject.plan, { ids: 'never' }).split('\n')).toHaveLength(2);
    expect([...subject.database.values()].flat().length).toBeLessThanOrEqual(1);
  });

  it('are refused when they mean nothing', () => {
    const unknown: Expr = { kind: 'column', id: 9 as never, type: types.bool };
    const plan: LogicalPlan = {
      kind: 'filter',
      input: { kind: 'values', columns: [], rows: [[]] },
      predicates: [unknown],
    };
    const valid = { check: 'rows', note: 'n', plan: toJson(plan.input), database: {}, parameters: [], nextColumnId: 1 };
    const read = (change: object): PlanCase => readRegression(JSON.stringify({ ...valid, ...change }), TABLES).subject;
    expect(read({}).plan.kind).toBe('values');
    expect(() => readRegression('{', TABLES)).toThrow(/^not JSON/);
    expect(() => read({ check: 'weather' })).toThrow(/"check" is none of throws, /);
    expect(() => read({ note: '' })).toThrow('"note" says what went wrong');
    expect(() => read({ plan: 1 })).toThrow('"plan" is a plan');
    expect(() => read({ plan: toJson(plan) })).toThrow('filter reads column #9, which nothing below produces');
    expect(() => read({ database: { zebra: [] } })).toThrow('there is no fixture table zebra');
    expect(() => read({ parameters: [1] })).toThrow('"parameters" is a list');
  });
});
