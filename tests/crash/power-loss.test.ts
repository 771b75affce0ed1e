import { describe, expect, it } from 'vitest';
import { SimulatedMachine } from './simulated-machine.ts';
import { tellStory } from './simulated-story.ts';

// The whole server, but for sockets, on a disk that forgets what no fsync confirmed. `npm run fsync-mutants` shows that these and the packages' own tests
// notice every fsync that is deleted from the source.
const STORIES = 60;

describe('power loss', () => {
  it(`keeps every promise in ${STORIES} life stories`, async () => {
    const violations: string[] = [];
    for (let seed = 1; seed <= STORIES; seed++) {
      violations.push(...(await tellStory(new SimulatedMachine(seed))).map((line) => `seed ${seed}: ${line}`));
    }
    expect(violations).toEqual([]);
  }, 240_000);
});
