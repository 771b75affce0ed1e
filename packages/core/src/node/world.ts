import type { Clock, Random } from '../ports/clock.ts';
import type { FileSystem } from '../ports/file-system.ts';
import type { Listener } from '../ports/listener.ts';
import type { Workers } from '../ports/workers.ts';
import { nodeClock } from './clock.ts';
import { nodeFileSystem } from './file-system.ts';
import { nodeListener } from './listener.ts';
import { nodeRandom } from './random.ts';
import { nodeWorkers } from './workers.ts';

/** Everything a server takes from the world, as Node has it; a test replaces what it wants to control: `{ ...nodeWorld, clock }`. */
export const nodeWorld: {
  readonly clock: Clock;
  readonly random: Random;
  readonly fileSystem: FileSystem;
  readonly listener: Listener;
  readonly workers: Workers;
} = Object.freeze({
  clock: nodeClock,
  random: nodeRandom,
  fileSystem: nodeFileSystem,
  listener: nodeListener,
  workers: nodeWorkers,
});
