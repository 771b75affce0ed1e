import { failure } from '@millrace/core';
import type { AstStatement } from '../ast.ts';

/** 54001 for a tree that is deeper than the limit: `1 + 1 + 1 ...` nests to the left although nothing of it was nested in the text. */
export function requireShallow(statement: AstStatement, depthMax: number): void {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value: statement, depth: 1 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value } = item;
    if (typeof value !== 'object' || value === null) continue;
    const depth = item.depth + ('kind' in value ? 1 : 0);
    if (depth > depthMax) throw failure('tooComplex');
    for (const inner of Array.isArray(value) ? value : Object.values(value)) {
      if (typeof inner === 'object' && inner !== null) open.push({ value: inner, depth });
    }
  }
}
