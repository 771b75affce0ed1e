import { types } from '@millrace/core';
import { columnExpr, type LogicalPlan, type RowRange } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { limitThroughFilter, limitWithoutOffset } from './mutants/push-limit-into-scan.ts';
import { pushLimitIntoScan } from './push-limit-into-scan.ts';
import { compare, int, newColumn, parameter, rewritten, rewrittenText, rows, scanOf } from './testing/fixture.ts';

ruleSuite(pushLimitIntoScan, {
  shapes: [
    ['limit', 'scan'],
    ['limit', 'project', 'scan'],
    ['limit', 'filter', 'scan'],
  ],
  minFired: 0.4,
  limits: 'prefix',
  mutants: [limitThroughFilter, limitWithoutOffset],
});

const k = newColumn('k');
const a = scanOf('a', k);
const limit = (input: LogicalPlan, range: RowRange = { skip: rows(5), fetch: rows(10) }): LogicalPlan => ({
  kind: 'limit',
  input,
  range,
});

describe('push-limit-into-scan', () => {
  it('hands the range over, parameters too, through projections', () => {
    const project: LogicalPlan = { kind: 'project', input: a, assignments: [{ column: k, expr: columnExpr(k) }] };
    expect(rewrittenText(pushLimitIntoScan, limit(project))).toBe('Project k\n  Scan a [k] limit 10 offset 5');
    const range = { skip: parameter(2, types.int8), fetch: parameter(1, types.int8) };
    expect(rewrittenText(pushLimitIntoScan, limit(a, range))).toBe('Scan a [k] limit $1 offset $2');
    const filtered = { ...a, filters: [compare(k, '>', int(1))] };
    expect(rewrittenText(pushLimitIntoScan, limit(filtered))).toBe('Scan a [k] filter k > 1 limit 10 offset 5');
  });

  it('stays above anything that changes which rows are the first', () => {
    const keys = [{ id: k.id, descending: false, nullsFirst: false }];
    const others: LogicalPlan[] = [
      { kind: 'filter', input: a, predicates: [compare(k, '>', int(1))] },
      { kind: 'sort', input: a, keys, range: null },
      { kind: 'distinct', input: a },
      { ...a, range: { skip: null, fetch: rows(3) } },
      { kind: 'limit', input: { kind: 'distinct', input: a }, range: { skip: null, fetch: rows(3) } },
    ];
    for (const input of others) {
      const plan = limit(input);
      expect(rewritten(pushLimitIntoScan, plan)).toBe(plan);
    }
  });

  it('of two limits only the lower one moves', () => {
    const plan = limit(limit(a, { skip: null, fetch: rows(3) }));
    expect(rewrittenText(pushLimitIntoScan, plan)).toBe('Limit 10 offset 5\n  Scan a [k] limit 3');
  });

  it('stays when it reads an outer row', () => {
    const outer = newColumn('n', types.int8);
    const output = newColumn('e', types.bool);
    const subquery = limit(a, { skip: null, fetch: columnExpr(outer) });
    const apply: LogicalPlan = { kind: 'apply', input: scanOf('o', outer), subquery, mode: { kind: 'exists', output } };
    expect(rewritten(pushLimitIntoScan, apply)).toBe(apply);
  });
});
