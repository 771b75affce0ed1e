import { ruleSuite } from '@millrace/testkit/vitest';
import { eliminateOuterJoin } from './eliminate-outer-join.ts';
import { anyPredicate, keptSide, otherSide } from './mutants/eliminate-outer-join.ts';

ruleSuite(eliminateOuterJoin, {
  shapes: [
    ['filter', 'join'],
    ['join', 'join'],
  ],
  minFired: 0.1,
  mutants: [otherSide, anyPredicate, keptSide],
});
