import { ruleSuite } from '@millrace/testkit/vitest';
import { forgetsAlternatives, forgetsNot, leavesOutTheBound } from './mutants/prune-partitions.ts';
import { prunePartitions } from './prune-partitions.ts';

ruleSuite(prunePartitions, {
  shapes: [
    ['filter', 'scan'],
    ['filter', 'join', 'scan'],
    ['join', 'scan'],
  ],
  tables: ['e'],
  minFired: 0.03,
  mutants: [forgetsAlternatives, leavesOutTheBound, forgetsNot],
});
