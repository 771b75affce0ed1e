import { closeSync, openSync, writeSync } from 'node:fs';
import { failure } from '../errors/table.ts';
import type { Failpoints } from '../ports/failpoints.ts';

/** `kill` = which failpoint ends the process by SIGKILL, at which hit (1 = the first). */
export interface NodeFailpointOptions {
  readonly kill: { readonly name: string; readonly hit: number } | null;
  /** Where each hit is written as a line, unbuffered, for the sweep's counters. */
  readonly logPath: string | null;
}

/** Failpoints of a real process: counts hits, writes them to a log, kills the process at the chosen one. */
export function nodeFailpoints(options: NodeFailpointOptions): Failpoints {
  const { kill, logPath } = options;
  const log = logPath === null ? null : openSync(logPath, 'a');
  let hits = 0;
  return {
    hit(name: string): void {
      if (log !== null) writeSync(log, `${name}\n`);
      if (kill === null || name !== kill.name) return;
      hits++;
      if (hits < kill.hit) return;
      if (log !== null) closeSync(log);
      process.kill(process.pid, 'SIGKILL');
    },
  };
}

/** `wal.append.after-sync:3` -> kill at its third hit; the form of `MILLRACE_FAILPOINT`. 22023 for anything else. */
export function parseFailpoint(text: string): { readonly name: string; readonly hit: number } {
  const match = /^([a-z0-9.-]+)(?::([1-9][0-9]{0,8}))?$/.exec(text);
  if (match === null) {
    throw failure('invalidParameterValue', { message: `failpoint "${text}" is not of the form name:hit` });
  }
  return { name: match[1]!, hit: Number(match[2] ?? 1) };
}
