import { substituteParams } from '@millrace/rules';
import { ruleSuite } from '@millrace/testkit/vitest';
import { substituteFalseForNull, substituteOffByOne } from '../../packages/rules/src/mutants/substitute-params.ts';
import { runPlan } from '../support/run-plan.ts';
import { throughExec } from '../support/through-exec.ts';

ruleSuite(throughExec(substituteParams), {
  shapes: [['filter', 'scan'], ['project'], ['values'], ['limit'], ['join'], ['aggregate']],
  minFired: 0.2,
  favor: 'parameters',
  runs: 400,
  run: runPlan,
  mutants: [throughExec(substituteOffByOne), throughExec(substituteFalseForNull)],
  source: 'packages/rules/src/substitute-params.ts',
});
