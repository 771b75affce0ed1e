import { canCast, type DataType, MillraceError, types } from '@millrace/core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AstExpr } from '../sql/ast.ts';
import { bindScalar } from './bind-scalar.ts';
import { canCoerce } from './cast-rules.ts';
import { bind, FUNCTIONS, loadFrontend, planOf, SNAPSHOT } from './fixtures/binding.ts';

beforeAll(loadFrontend);

function sqlstateOf(f: () => unknown): string {
  try {
    f();
  } catch (error) {
    if (error instanceof MillraceError) return error.sqlstate;
    throw error;
  }
  return 'bound';
}

describe('nesting', () => {
  it('is 54001 when it is too deep, never an exhausted stack', () => {
    const nested = (depth: number): string => `select ${'(select '.repeat(depth)}1${')'.repeat(depth)}`;
    expect(sqlstateOf(() => bind(nested(40)))).toBe('bound');
    expect(sqlstateOf(() => bind(nested(90)))).toBe('54001');
    const chain = (length: number): string => `select ${Array.from({ length }, () => '1').join(' + ')}`;
    expect(sqlstateOf(() => bind(chain(300)))).toBe('bound');
    expect(sqlstateOf(() => bind(chain(600)))).toBe('54001');
    const joins = (length: number): string =>
      `select 1 from a a0 ${Array.from({ length }, (_, i) => `join a a${i + 1} using (k)`).join(' ')}`;
    expect(sqlstateOf(() => bind(joins(100)))).toBe('bound');
    expect(sqlstateOf(() => bind(joins(300)))).toBe('54001');
  });

  it('is no matter of lists', () => {
    const many = Array.from({ length: 5_000 }, (_, i) => i);
    expect(sqlstateOf(() => bind(`select k from a where k in (${many.join()})`))).toBe('bound');
    expect(sqlstateOf(() => bind(`select k from a where ${many.map((i) => `k = ${i}`).join(' or ')}`))).toBe('bound');
    expect(sqlstateOf(() => bind(`select k from a where ${many.map((i) => `k <> ${i}`).join(' and ')}`))).toBe('bound');
    expect(sqlstateOf(() => bind(`values ${many.map((i) => `(${i})`).join()}`))).toBe('bound');
  });

  it('holds for trees that no parser limited', () => {
    let expr: AstExpr = { kind: 'literal', literal: 'number', text: '1', at: 0 };
    for (let i = 0; i < 50_000; i++) expr = { kind: 'not', operand: expr, at: 0 };
    const environment = { catalog: SNAPSHOT, functions: FUNCTIONS, parameterTypes: [] };
    expect(sqlstateOf(() => bindScalar(expr, null, environment))).toBe('54001');
  });
});

describe('casts', () => {
  const kinds: readonly DataType[] = [
    ...Object.values(types).filter((type) => type.kind !== 'unknown' && type.kind !== 'void'),
    { kind: 'bpchar', length: null },
  ];
  const scalar = fc.constantFrom(...kinds);
  const anyType = fc.oneof(
    scalar,
    scalar.map((item): DataType => ({ kind: 'array', item })),
  );
  it('are promised only where core can do them', () => {
    fc.assert(
      fc.property(anyType, anyType, fc.constantFrom('implicit', 'assignment', 'explicit'), (from, to, context) => {
        if (canCoerce(from, to, context)) expect(canCast(from, to, context)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('laziness', () => {
  it('keeps the subqueries of a branch behind its condition', () => {
    expect(planOf('select case when k > 0 then (select y from b) end from a')).toBe(
      [
        'Project CASE WHEN k#1 > 0 THEN y#6 ELSE NULL END AS case',
        '  Apply scalar AS y#6',
        '    Scan a [k#1, x]',
        '    Apply cross',
        '      Filter (k#1 > 0) IS TRUE',
        '        Values [] ()',
        '      Project y#4 AS y#5',
        '        Scan b [k#3, y#4]',
      ].join('\n'),
    );
  });
});
