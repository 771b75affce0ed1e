import { type Column, type Expr, types } from '@millrace/core';
import { columnExpr, type LogicalPlan } from '@millrace/planner';
import { ruleSuite } from '@millrace/testkit/vitest';
import { describe, expect, it } from 'vitest';
import { mergeProjects } from './merge-projects.ts';
import { identityByWidth, readTwice } from './mutants/merge-projects.ts';
import { call, int, newColumn, rewritten, rewrittenText, scanOf } from './testing/fixture.ts';

ruleSuite(mergeProjects, {
  shapes: [
    ['project', 'project'],
    ['project', 'project', 'project', 'scan'],
    ['project', 'project', 'join'],
  ],
  minFired: 0.3,
  volatile: true,
  mutants: [readTwice, identityByWidth],
});

const [k, x, y, z] = [newColumn('k'), newColumn('x'), newColumn('y'), newColumn('z')];
const [v, w] = [newColumn('v'), newColumn('w')];
const a = scanOf('a', k, x);
const project = (input: LogicalPlan, ...assignments: (readonly [Column, Expr])[]): LogicalPlan => ({
  kind: 'project',
  input,
  assignments: assignments.map(([column, expr]) => ({ column, expr })),
});
const pair = (column: Column): Expr => ({
  kind: 'call',
  fn: { id: '+(int4,int4)', volatility: 'immutable', mayFail: true, strict: true },
  args: [columnExpr(column), columnExpr(column)],
  type: types.int4,
});
const random = call(x, { volatility: 'volatile' });

describe('merge-projects', () => {
  it('inlines what is read once, and columns and literals as often as they are read', () => {
    expect(rewrittenText(mergeProjects, project(project(a, [z, call(x)]), [y, call(z)]))).toBe(
      'Project f(f(x)) AS y\n  Scan a [k, x]',
    );
    expect(
      rewrittenText(mergeProjects, project(project(a, [z, int(1)], [v, columnExpr(k)]), [y, pair(z)], [w, pair(v)])),
    ).toBe('Project 1 + 1 AS y, k + k AS w\n  Scan a [k, x]');
  });

  it('merges again what became mergeable', () => {
    const tower = project(project(project(a, [z, call(x)]), [v, pair(z)], [y, columnExpr(z)]), [w, columnExpr(y)]);
    expect(rewrittenText(mergeProjects, tower)).toBe('Project f(x) AS w\n  Scan a [k, x]');
  });

  it('keeps what is read twice, and what is volatile unless it is handed on once', () => {
    for (const plan of [
      project(project(a, [z, call(x)]), [y, pair(z)]),
      project(project(a, [z, random]), [y, call(z)]),
      project(project(a, [z, random]), [y, columnExpr(z)], [v, columnExpr(z)]),
      // Calls that come to nothing, or change places, give the others other values.
      project(project(a, [z, random], [k, columnExpr(k)]), [y, columnExpr(k)]),
      project(project(a, [z, random], [v, random]), [y, columnExpr(v)], [w, columnExpr(z)]),
      project(project(a, [z, random], [x, columnExpr(x)]), [y, random], [v, columnExpr(z)]),
    ]) {
      expect(rewritten(mergeProjects, plan)).toBe(plan);
    }
    expect(rewrittenText(mergeProjects, project(project(a, [z, random]), [y, columnExpr(z)]))).toBe(
      'Project f(x) AS y\n  Scan a [k, x]',
    );
  });

  it('drops a projection of all columns in their order, and no other', () => {
    expect(rewritten(mergeProjects, project(a, [k, columnExpr(k)], [x, columnExpr(x)]))).toBe(a);
    for (const plan of [
      project(a, [x, columnExpr(x)], [k, columnExpr(k)]),
      project(a, [k, columnExpr(k)]),
      project(a, [{ ...k, name: 'renamed' }, columnExpr(k)], [x, columnExpr(x)]),
      project(a, [{ ...k, nullable: false }, columnExpr(k)], [x, columnExpr(x)]),
      project(a, [y, columnExpr(k)], [z, columnExpr(x)]),
    ]) {
      expect(rewritten(mergeProjects, plan)).toBe(plan);
    }
  });
});
