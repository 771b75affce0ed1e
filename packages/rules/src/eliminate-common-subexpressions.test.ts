import { ruleSuite } from '@millrace/testkit/vitest';
import { eliminateCommonSubexpressions } from './eliminate-common-subexpressions.ts';
import { forgetsOrderOfLists, mergesVolatile, pullsOutOfGuards } from './mutants/eliminate-common-subexpressions.ts';

ruleSuite(eliminateCommonSubexpressions, {
  shapes: [
    ['project', 'scan'],
    ['filter', 'scan'],
    ['aggregate', 'scan'],
  ],
  volatile: true,
  repeats: true,
  minFired: 0.04,
  mutants: [pullsOutOfGuards, forgetsOrderOfLists, mergesVolatile],
});
