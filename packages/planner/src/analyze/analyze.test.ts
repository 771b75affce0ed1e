import { types } from '@millrace/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { bind, FUNCTIONS, loadFrontend } from '../bind/fixtures/binding.ts';
import { defineAnalyzerRule, type RuleContext } from '../optimize/rule.ts';
import { checkPlan } from '../plan/check-plan.ts';
import { printPlan } from '../plan/print-plan.ts';
import { mapTableScans, tableScansIn } from './table-scans.ts';

beforeAll(loadFrontend);

const requireProject = defineAnalyzerRule({
  name: 'require-project',
  summary: 'Only rows of project p1.',
  examples: [],
  analyze: (plan) =>
    mapTableScans(plan, (scan) => {
      const column = scan.columns.find((each) => each.field === 'project_id');
      if (column === undefined) return scan;
      const left = { kind: 'column', id: column.id, type: column.type } as const;
      const right = { kind: 'literal', value: 'p1', type: types.text } as const;
      return { kind: 'filter', input: scan, predicates: [{ kind: 'compare', op: '=', left, right }] };
    }),
});

const context: RuleContext = {
  newColumn: () => expect.fail('no column is needed'),
  note: () => {},
  functions: FUNCTIONS,
  binding: null,
};

describe('analyzers', () => {
  const sql =
    'select a.k, (select max(status) from events e where e.status = a.k) from a where exists (select 1 from events) ' +
    'and k in (select status from events) union all select status, 1 from events';

  it('reach every scan, in subqueries of every kind and in set operations', () => {
    const { plan } = bind(sql);
    const filtered = requireProject.analyze(plan, context);
    checkPlan(filtered, 'full');
    expect(tableScansIn(filtered).map((scan) => scan.table.name)).toEqual([
      'a',
      'events',
      'events',
      'events',
      'events',
    ]);
    expect(printPlan(filtered).match(/= 'p1'/g)).toHaveLength(4);
  });
  it('reach the source of an INSERT', () => {
    const { plan } = bind('insert into a select status, 1 from events');
    expect(printPlan(requireProject.analyze(plan, context))).toContain("project_id = 'p1'");
  });
  it('keep the plan where nothing changes', () => {
    const { plan } = bind('select k from a where k in (select k from b)');
    expect(requireProject.analyze(plan, context)).toBe(plan);
  });
});
