import { valuesToMemory } from '@millrace/rules';
import { ruleSuite } from '@millrace/testkit/vitest';
import { valuesUpToExpression, valuesWithoutNulls } from '../../packages/rules/src/mutants/values-to-memory.ts';
import { runPlan } from '../support/run-plan.ts';
import { throughExec } from '../support/through-exec.ts';

ruleSuite(throughExec(valuesToMemory), {
  shapes: [['values'], ['filter', 'values'], ['join', 'values'], ['insert', 'values']],
  minFired: 0.15,
  runs: 400,
  run: runPlan,
  mutants: [throughExec(valuesUpToExpression), throughExec(valuesWithoutNulls)],
  source: 'packages/rules/src/values-to-memory.ts',
});
