import { type CatalogTable, type DataType, standardFunctions, types } from '@millrace/core';
import {
  applyRule,
  bindStatement,
  checkPlan,
  type LogicalPlan,
  libpgFrontend,
  lower,
  printPhysicalPlan,
  printPlan,
  type RuleExample,
  rewritePhysicalUp,
  type SwitchableRule,
} from '@millrace/planner';
import { beforeAll, describe, expect, it } from 'vitest';
import { standardRules } from './standard-rules.ts';
import { bindValues, contextOf } from './testing/fixture.ts';

/** The tables every example is about: a(k int4, x int4), b(k int4, y int4), c(k int4, t text). */
const tables = new Map(
  [
    tableOf('a', { k: types.int4, x: types.int4 }),
    tableOf('b', { k: types.int4, y: types.int4 }),
    tableOf('c', { k: types.int4, t: types.text }),
  ].map((table, i) => [table.name, { ...table, oid: 16384 + i }] as const),
);

function tableOf(name: string, fields: Readonly<Record<string, DataType>>): CatalogTable {
  const columns = Object.entries(fields).map(([field, type]) => ({
    name: field,
    type,
    nullable: true,
    defaultSql: null,
    defaultExpr: null,
  }));
  return {
    oid: 0,
    tableId: name,
    schemaId: 1,
    schemaName: 'public',
    name,
    columns,
    partitionColumns: [],
    options: {},
    location: null,
    isSystem: false,
  };
}

const frontend = libpgFrontend();
beforeAll(() => frontend.load());

function planOf(sql: string): LogicalPlan {
  const [parsed] = frontend.parse(sql);
  if (parsed === undefined) return expect.fail('no statement');
  const catalog = {
    table: (_: string | null, name: string) => tables.get(name),
    tableById: (id: string) => tables.get(id),
    hasSchema: (name: string) => name === 'public',
    searchPath: ['pg_catalog', 'public'],
  };
  const { plan } = bindStatement(parsed.statement, { catalog, functions: standardFunctions, parameterTypes: [] });
  checkPlan(plan, 'full');
  return plan;
}

function run(rule: SwitchableRule, example: RuleExample): { before: string; after: string } {
  const plan = planOf(example.sql);
  const context = contextOf(
    rule.stage === 'logical' && rule.phase === 'bind' ? bindValues(...(example.parameters ?? [])) : null,
  );
  if (rule.stage === 'physical') {
    const before = lower(plan);
    const after = rewritePhysicalUp(before, (node) => rule.rewritePhysical(node, context));
    const print = (node: typeof before): string => printPhysicalPlan(node, { ids: 'never' });
    return { before: print(before), after: after === before ? 'unchanged' : print(after) };
  }
  const after = applyRule(rule, plan, context).plan;
  checkPlan(after, 'full');
  return {
    before: printPlan(plan, { ids: 'never' }),
    after: after === plan ? 'unchanged' : printPlan(after, { ids: 'never' }),
  };
}

describe.each(standardRules().map((rule) => [rule.name, rule] as const))('%s', (_, rule) => {
  it.each(rule.examples.map((example) => [example.title, example] as const))('%s', (_title, example) => {
    expect(run(rule, example)).toEqual({ before: example.before, after: example.after });
  });
});
