// Loaded into the measured server before anything else: tells the bench, over IPC, how late its event loop was; ends the server when the bench is gone.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const NS_PER_MS = 1e6;

if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('message', (what) => {
    if (what === 'reset') delay.reset();
    else if (what === 'exit') process.exit(0);
    else
      process.send({
        eventLoopP99Ms: delay.percentile(99) / NS_PER_MS,
        eventLoopMaxMs: delay.max / NS_PER_MS,
        heapBytes: process.memoryUsage().heapUsed,
      });
  });
  process.on('disconnect', () => process.exit(0));
}
