import { insertFastPath } from '@millrace/rules';
import { ruleSuite } from '@millrace/testkit/vitest';
import {
  defaultIsNull,
  explicitCastAsAssignment,
  volatileOnce,
} from '../../packages/rules/src/mutants/insert-fast-path.ts';
import { runPlan } from '../support/run-plan.ts';

// A physical rule runs in the engine's operators, so its proof stands here: the rows that reach the write funnel, and the errors, are those
// of the reference interpreter on the logical plan.
ruleSuite(insertFastPath, {
  shapes: [
    ['insert', 'values'],
    ['insert', 'project'],
    ['insert', 'filter'],
  ],
  minFired: 0.3,
  volatile: true,
  run: runPlan,
  mutants: [volatileOnce, explicitCastAsAssignment, defaultIsNull],
});
