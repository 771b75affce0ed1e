import type { Node, WindowDef } from 'libpg-query';
import type { AstFrame, AstFrameBound, AstNamedWindow, AstWindow } from '../ast.ts';
import { at, type Conversion, expectFields, kindOf, unsupportedAt } from './conversion.ts';
import { convertSortKeys } from './convert-call.ts';
import { convertExpr, convertExprs } from './convert-expr.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'name',
  'refname',
  'partitionClause',
  'orderClause',
  'frameOptions',
  'startOffset',
  'endOffset',
  'location',
]);

/** Bits of PostgreSQL's frame options (parsenodes.h); what is not asked for here follows from the others. */
const BITS = {
  isWritten: 0x1,
  rows: 0x4,
  groups: 0x8,
  startUnbounded: 0x20,
  endUnbounded: 0x100,
  startPreceding: 0x800,
  endPreceding: 0x1000,
  startFollowing: 0x2000,
  endFollowing: 0x4000,
  excludeCurrentRow: 0x8000,
  excludeGroup: 0x10000,
  excludeTies: 0x20000,
} as const;

/** What stands after OVER. */
export function convertWindow(c: Conversion, window: WindowDef): AstWindow {
  expectFields('WindowDef', window, FIELDS);
  return { ...definition(c, window), name: window.name ?? null };
}

/** The WINDOW clause. */
export function convertNamedWindows(c: Conversion, nodes: readonly Node[] | undefined): AstNamedWindow[] {
  return (nodes ?? []).map((node) => {
    if (!('WindowDef' in node)) throw unsupportedAt(c, `the window ${kindOf(node)}`, -1);
    const window = node.WindowDef;
    expectFields('WindowDef', window, FIELDS);
    return { name: window.name ?? '', window: definition(c, window), at: at(c, window.location) };
  });
}

function definition(c: Conversion, window: WindowDef): AstWindow {
  return {
    name: null,
    base: window.refname ?? null,
    partitionBy: convertExprs(c, window.partitionClause),
    orderBy: convertSortKeys(c, window.orderClause),
    frame: convertFrame(c, window),
    at: at(c, window.location),
  };
}

function convertFrame(c: Conversion, window: WindowDef): AstFrame | null {
  const options = window.frameOptions ?? 0;
  const has = (bit: keyof typeof BITS): boolean => (options & BITS[bit]) !== 0;
  if (!has('isWritten')) return null;
  const offset = (kind: 'preceding' | 'following', node: Node | undefined): AstFrameBound => ({
    kind,
    offset: convertExpr(c, node!),
  });
  const start: AstFrameBound = has('startPreceding')
    ? offset('preceding', window.startOffset)
    : has('startFollowing')
      ? offset('following', window.startOffset)
      : { kind: has('startUnbounded') ? 'unbounded-preceding' : 'current-row' };
  const end: AstFrameBound = has('endPreceding')
    ? offset('preceding', window.endOffset)
    : has('endFollowing')
      ? offset('following', window.endOffset)
      : { kind: has('endUnbounded') ? 'unbounded-following' : 'current-row' };
  const exclude = has('excludeCurrentRow')
    ? 'current-row'
    : has('excludeGroup')
      ? 'group'
      : has('excludeTies')
        ? 'ties'
        : 'nothing';
  return { mode: has('rows') ? 'rows' : has('groups') ? 'groups' : 'range', start, end, exclude };
}
