import { types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { substituteFalseForNull, substituteOffByOne } from './mutants/substitute-params.ts';
import { substituteParams } from './substitute-params.ts';
import {
  bindValues,
  call,
  compare,
  newColumn,
  parameter,
  rewritten,
  rewrittenText,
  scanOf,
} from './testing/fixture.ts';

ruleSuite(substituteParams, {
  shapes: [['filter', 'scan'], ['project'], ['values'], ['limit'], ['join'], ['aggregate']],
  minFired: 0.2,
  favor: 'parameters',
  limits: 'prefix',
  mutants: [substituteOffByOne, substituteFalseForNull],
});

const k = newColumn('k');
const t = newColumn('t', types.text);
const a = scanOf('a', k, t);
const filter: LogicalPlan = {
  kind: 'filter',
  input: a,
  predicates: [compare(k, '>', call(parameter(1))), compare(t, '=', parameter(2, types.text))],
};
const bytes = (text: string, format: 0 | 1 = 0) =>
  ({ kind: 'bytes', bytes: new TextEncoder().encode(text), format }) as const;

describe('substitute-params', () => {
  it('puts values of the library, of text and of binary in the place of parameters', () => {
    expect(rewrittenText(substituteParams, filter, bindValues(3, "it's"))).toBe(
      "Filter k > f(3), t = 'it''s'\n  Scan a [k, t]",
    );
    const binary = { kind: 'bytes', bytes: new Uint8Array([0, 0, 1, 2]), format: 1 } as const;
    const binding = { ...bindValues(), parameters: [binary, bytes('x')] };
    expect(rewrittenText(substituteParams, filter, binding)).toBe("Filter k > f(258), t = 'x'\n  Scan a [k, t]");
    const nulls = bindValues(null, null);
    expect(rewrittenText(substituteParams, filter, nulls)).toBe('Filter k > f(NULL), t = NULL\n  Scan a [k, t]');
  });

  it('reaches ranges, rows, aggregations and subqueries', () => {
    const n = newColumn('n');
    const limit: LogicalPlan = { kind: 'limit', input: a, range: { skip: null, fetch: parameter(1, types.int8) } };
    expect(rewrittenText(substituteParams, limit, bindValues(7n))).toBe('Limit 7\n  Scan a [k, t]');
    const values: LogicalPlan = { kind: 'values', columns: [n], rows: [[parameter(1)]] };
    const output = newColumn('s');
    const apply: LogicalPlan = { kind: 'apply', input: a, subquery: values, mode: { kind: 'scalar', output } };
    expect(rewrittenText(substituteParams, apply, bindValues(7))).toContain('Values [n] (7)');
    const aggregation = {
      column: newColumn('c'),
      fn: 'sum(int4)',
      args: [parameter(1)],
      isDistinct: false,
      filter: null,
      orderBy: [],
    };
    const aggregate: LogicalPlan = { kind: 'aggregate', input: a, groupBy: [], aggregations: [aggregation] };
    expect(rewrittenText(substituteParams, aggregate, bindValues(7))).toContain('sum(7)');
  });

  it('leaves a parameter that is no value of its type, so that it fails where it would have failed', () => {
    const binding = { ...bindValues(), parameters: [bytes('three'), bytes('x')] };
    expect(rewrittenText(substituteParams, filter, binding)).toBe("Filter k > f($1), t = 'x'\n  Scan a [k, t]");
    const missing = bindValues(3);
    expect(rewrittenText(substituteParams, filter, missing)).toBe('Filter k > f(3), t = $2\n  Scan a [k, t]');
  });

  it('knows when it has nothing to do', () => {
    const plain: LogicalPlan = { kind: 'filter', input: a, predicates: [compare(k, '=', columnExpr(k))] };
    expect(rewritten(substituteParams, plain, bindValues())).toBe(plain);
    expect(rewritten(substituteParams, filter, null)).toBe(filter);
    expect(substituteParams.couldApply?.(plain)).toBe(false);
    expect(substituteParams.couldApply?.(filter)).toBe(true);
  });
});
