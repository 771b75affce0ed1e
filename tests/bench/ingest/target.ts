import type { MemoryCurve } from './process-figures.ts';
import type { WireAddress } from './wire-client.ts';

/** Delays of an event loop, in milliseconds. */
export interface EventLoop {
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One of the systems that are measured, running. */
export interface Target {
  readonly name: 'millrace' | 'postgres';
  readonly version: string;
  /** How it makes what it acknowledges durable, in its own words. */
  readonly durability: string;
  readonly address: WireAddress;
  readonly pid: number;
  /** What makes every acknowledged row part of the stored table; empty where the acknowledgement already says so. */
  readonly settleSql: string;
  /** fsyncs of its log so far; null where it does not count them. */
  syncs(): Promise<number | null>;
  /** Rows of a query as text, outside of the measured time. */
  ask(sql: string): Promise<readonly (readonly string[])[]>;
  /** Begins to watch how late its event loop is, and to profile it for `end` to write to a file; null = no profile. */
  begin(profile: string | null): Promise<void>;
  /** How late its event loop was since `begin`; null where it has none. */
  end(profile: string | null): Promise<EventLoop | null>;
  /** Memory from now on; a system of many processes is only looked at when it stops. */
  watch(): { stop(): MemoryCurve };
  /** Where the Delta table is on disk; null where there is none. */
  tablePath(table: string): string | null;
  close(): Promise<void>;
}
