import type { SwitchableRule } from '@millrace/planner';
import { decorrelateExists } from './decorrelate-exists.ts';
import { decorrelateScalar } from './decorrelate-scalar.ts';
import { eliminateOuterJoin } from './eliminate-outer-join.ts';
import { foldCastLiterals } from './fold-cast-literals.ts';
import { foldConstants } from './fold-constants.ts';
import { insertFastPath } from './insert-fast-path.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushFilterIntoScan } from './push-filter-into-scan.ts';
import { pushLimitIntoScan } from './push-limit-into-scan.ts';
import { simplifyPredicates } from './simplify-predicates.ts';
import { sortLimitToTopk } from './sort-limit-to-topk.ts';
import { substituteParams } from './substitute-params.ts';
import { valuesToMemory } from './values-to-memory.ts';

const STANDARD_RULES: readonly SwitchableRule[] = Object.freeze([
  foldConstants,
  simplifyPredicates,
  decorrelateExists,
  decorrelateScalar,
  eliminateOuterJoin,
  pushFilterIntoScan,
  pushLimitIntoScan,
  pruneColumns,
  sortLimitToTopk,
  substituteParams,
  foldCastLiterals,
  valuesToMemory,
  insertFastPath,
]);

/** The rules every deployment starts from, in the order they are registered: a frozen, visible list, nothing behind it. */
export function standardRules(): readonly SwitchableRule[] {
  return STANDARD_RULES;
}
