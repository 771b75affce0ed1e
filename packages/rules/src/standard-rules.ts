import type { SwitchableRule } from '@millrace/planner';
import { decorrelateExists } from './decorrelate-exists.ts';
import { decorrelateScalar } from './decorrelate-scalar.ts';
import { eliminateCommonSubexpressions } from './eliminate-common-subexpressions.ts';
import { eliminateDistinct } from './eliminate-distinct.ts';
import { eliminateEmpty } from './eliminate-empty.ts';
import { eliminateOuterJoin } from './eliminate-outer-join.ts';
import { foldCastLiterals } from './fold-cast-literals.ts';
import { foldConstants } from './fold-constants.ts';
import { inferPredicates } from './infer-predicates.ts';
import { insertFastPath } from './insert-fast-path.ts';
import { mergeFilters } from './merge-filters.ts';
import { mergeProjects } from './merge-projects.ts';
import { pruneColumns } from './prune-columns.ts';
import { prunePartitions } from './prune-partitions.ts';
import { pushFilterIntoApply } from './push-filter-into-apply.ts';
import { pushFilterIntoJoin } from './push-filter-into-join.ts';
import { pushFilterIntoScan } from './push-filter-into-scan.ts';
import { pushFilterThroughAggregate } from './push-filter-through-aggregate.ts';
import { pushFilterThroughDistinct } from './push-filter-through-distinct.ts';
import { pushFilterThroughProject } from './push-filter-through-project.ts';
import { pushFilterThroughSort } from './push-filter-through-sort.ts';
import { pushFilterThroughUnion } from './push-filter-through-union.ts';
import { pushFilterThroughWindow } from './push-filter-through-window.ts';
import { pushLimitIntoScan } from './push-limit-into-scan.ts';
import { pushLimitThroughProjectAndUnion } from './push-limit-through-project-and-union.ts';
import { reorderJoins } from './reorder-joins.ts';
import { simplifyPredicates } from './simplify-predicates.ts';
import { sortLimitToTopk } from './sort-limit-to-topk.ts';
import { substituteParams } from './substitute-params.ts';
import { valuesToMemory } from './values-to-memory.ts';

const STANDARD_RULES: readonly SwitchableRule[] = Object.freeze([
  foldConstants,
  simplifyPredicates,
  mergeFilters,
  eliminateEmpty,
  decorrelateExists,
  decorrelateScalar,
  eliminateOuterJoin,
  inferPredicates,
  prunePartitions,
  pushFilterThroughProject,
  pushFilterIntoJoin,
  pushFilterIntoApply,
  pushFilterThroughAggregate,
  pushFilterThroughDistinct,
  pushFilterThroughSort,
  pushFilterThroughUnion,
  pushFilterThroughWindow,
  pushFilterIntoScan,
  mergeProjects,
  eliminateDistinct,
  pushLimitThroughProjectAndUnion,
  pushLimitIntoScan,
  pruneColumns,
  reorderJoins,
  eliminateCommonSubexpressions,
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
