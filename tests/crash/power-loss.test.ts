import { BUFFER_FAILPOINTS } from '@millrace/buffer';
import { DELTA_FAILPOINTS } from '@millrace/delta';
import { describe, expect, it } from 'vitest';
import { SimulatedMachine } from './simulated-machine.ts';
import { tellStory } from './simulated-story.ts';

// The whole server, but for sockets, on a disk that forgets what no fsync confirmed. `npm run fsync-mutants` shows that these and the packages' own tests
// notice every fsync that is deleted from the source.
const STORIES = 120;

describe('power loss', () => {
  const hits = new Map<string, number>();

  it(`keeps every promise in ${STORIES} life stories`, async () => {
    const violations: string[] = [];
    for (let seed = 1; seed <= STORIES; seed++) {
      const machine = new SimulatedMachine(seed);
      violations.push(...(await tellStory(machine)).map((line) => `seed ${seed}: ${line}`));
      for (const failpoints of machine.failpoints) {
        for (const [step, count] of failpoints.hits) hits.set(step, (hits.get(step) ?? 0) + count);
      }
    }
    expect(violations).toEqual([]);
  }, 240_000);

  it('goes through every step of append, flush, commit, publish and truncate', () => {
    const missed = [...BUFFER_FAILPOINTS, ...DELTA_FAILPOINTS].filter((step) => !hits.has(step));
    expect(missed).toEqual([]);
  });
});
