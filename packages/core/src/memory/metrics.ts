import type { Metrics } from '../ports/metrics.ts';

/** Counters and gauges in one map, for a server or a test. */
export function createMetrics(): Metrics {
  const values = new Map<string, number>();
  return {
    count(name, by = 1) {
      values.set(name, (values.get(name) ?? 0) + by);
    },
    gauge(name, value) {
      values.set(name, value);
    },
    read() {
      return new Map([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}
