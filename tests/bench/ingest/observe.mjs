// Loaded into the measured server before anything else: tells the bench, over IPC, how late its event loop was; profiles it; ends it when the bench is gone.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const NS_PER_MS = 1e6;
const SAMPLE_US = 500;

function profiler() {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: SAMPLE_US });
  return {
    start: () => session.post('Profiler.start'),
    stop: (path) => session.post('Profiler.stop', (_, { profile }) => writeFileSync(path, JSON.stringify(profile))),
  };
}

if (isMainThread && process.send !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let profile = null;
  delay.enable();
  process.on('message', ({ what, path }) => {
    if (what === 'begin') {
      delay.reset();
      if (path !== null) {
        profile ??= profiler();
        profile.start();
      }
      process.send({});
    } else {
      const answer = { p99Ms: delay.percentile(99) / NS_PER_MS, maxMs: delay.max / NS_PER_MS };
      if (path !== null) profile?.stop(path);
      process.send(answer);
    }
  });
  process.on('disconnect', () => process.exit(0));
}
