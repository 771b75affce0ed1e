import { type Expr, rewriteExprUp, standardFunctions } from '@millrace/core';
import { bindStatement, libpgFrontend } from '@millrace/planner';
import { expect, it } from 'vitest';
import { FIXTURE_DERIVATIONS } from './generated-columns.ts';
import { FIXTURE_CATALOG, FIXTURE_TABLES } from './tables.ts';

const DERIVATIONS = Object.entries(FIXTURE_DERIVATIONS).flatMap(([table, columns]) =>
  Object.values(columns).map(({ generated }) => [table, generated.sql, generated.expr] as const),
);

it.each(DERIVATIONS)('of %s: %s is what the binder makes of it', async (table, sql, expected) => {
  const frontend = libpgFrontend();
  await frontend.load();
  const [parsed] = frontend.parse(`SELECT ${sql} FROM ${table}`);
  if (parsed === undefined) return expect.fail('no statement');
  const environment = { catalog: FIXTURE_CATALOG, functions: standardFunctions, parameterTypes: [] };
  const { plan } = bindStatement(parsed.statement, environment);
  if (plan.kind !== 'project' || plan.input.kind !== 'scan') return expect.fail('a projection of a scan');
  const { columns } = plan.input;
  const fields = FIXTURE_TABLES.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
  const byNumber = (expr: Expr): Expr => {
    const field = expr.kind === 'column' ? columns.find(({ id }) => id === expr.id)?.field : undefined;
    return field === undefined ? expr : ({ ...expr, id: fields.indexOf(field) + 1 } as Expr);
  };
  expect(rewriteExprUp(plan.assignments[0]?.expr ?? expected, byNumber)).toEqual(expected);
});
