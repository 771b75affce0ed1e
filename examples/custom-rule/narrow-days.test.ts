import { ruleSuite } from '@millrace/testkit/vitest';
import { strictDays } from './mutants/narrow-days.ts';
import { narrowDays } from './narrow-days.ts';

ruleSuite(narrowDays, {
  shapes: [['filter', 'scan']], // node kinds, from the top, that the rule looks for: the generator aims there
  tables: ['e'], // the fixture table whose `day` is the day of its `ts`
  minFired: 0.01, // the least share of plans that the rule must change, or the runs prove nothing: few filters are ranges of time
  mutants: [strictDays],
});
