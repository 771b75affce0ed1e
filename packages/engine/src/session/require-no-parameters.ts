import { failure } from '@millrace/core';
import type { ParsedStatement } from '@millrace/planner';

interface Found {
  readonly index: number;
  readonly at: number | null;
}

/** A text of the simple protocol has no values for `$n`: 42P02 at the first of them, as PostgreSQL says it. PREPARE has its own. */
export function requireNoParameters(parsed: ParsedStatement): void {
  if (parsed.parameterCount === 0 || parsed.statement.kind === 'prepare') return;
  const found = findParameter(parsed.statement);
  const position = found?.at == null ? undefined : found.at + 1;
  throw failure('undefinedParameter', { parameter: `$${found?.index ?? 1}` }, { position });
}

/** The first parameter of the tree, wherever it stands. */
function findParameter(node: unknown): Found | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  if ('kind' in node && node.kind === 'parameter' && 'index' in node && 'at' in node) {
    return { index: Number(node.index), at: node.at as number | null };
  }
  for (const child of Object.values(node)) {
    const found = findParameter(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
