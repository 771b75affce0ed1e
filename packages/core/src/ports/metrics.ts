/** Counters and gauges by name (`wal_records`, `insert_fast_path` ...). Names count what they say; see each caller. */
export interface Metrics {
  count(name: string, by?: number): void;
  gauge(name: string, value: number): void;
  /** The current values, sorted by name. */
  read(): ReadonlyMap<string, number>;
}
