import { foldCastLiterals } from '@millrace/rules';
import { ruleSuite } from '@millrace/testkit/vitest';
import { castWithoutConversion } from '../../packages/rules/src/mutants/fold-cast-literals.ts';
import { runPlan } from '../support/run-plan.ts';
import { throughExec } from '../support/through-exec.ts';

ruleSuite(throughExec(foldCastLiterals), {
  shapes: [['filter', 'scan'], ['project'], ['values'], ['insert', 'values']],
  minFired: 0.2,
  favor: 'casts',
  runs: 400,
  run: runPlan,
  mutants: [throughExec(castWithoutConversion)],
  source: 'packages/rules/src/fold-cast-literals.ts',
});
