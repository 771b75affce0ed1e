import { ruleSuite } from '@millrace/testkit/vitest';
import { decorrelateScalar } from './decorrelate-scalar.ts';
import { countIsNull, innerJoin, nullsMeet } from './mutants/decorrelate-scalar.ts';

ruleSuite(decorrelateScalar, {
  shapes: [['apply', 'aggregate']],
  minFired: 0.15,
  mutants: [countIsNull, innerJoin, nullsMeet],
});
