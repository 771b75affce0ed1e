import type { QueryHandler, SessionStartup } from '@millrace/core';
import { ScriptedSession } from './scripted-session.ts';

/**
 * A QueryHandler that knows these words, one statement each, separated by `;`:
 *
 *   rows N [fail K]   N rows (n int4, t text), two a batch; with `fail` an error after K rows
 *   echo $1 ...       one row: the parameters as text columns, `format:hex`
 *   insert            INSERT 0 1        begin, commit, rollback   what they say        set k v   reports k
 *   notice text       a NOTICE          wait   blocks until aborted or `release`d      bad       42P01 at position 5
 *   show              one row, tag SHOW poison the commit at Sync fails                big N     one row of N characters
 */
export interface ScriptedHandler extends QueryHandler {
  /** What happened, in order: `connect ann`, `run insert`, `commit`, `rollback`, `close`, `end rows` (a result's generator finished). */
  readonly log: string[];
  readonly startups: SessionStartup[];
  /** Ends the waits so far. */
  release(): void;
  refuse: Error | null;
  readonly waiting: () => number;
}

/** A handler with an empty log. */
export function scriptedHandler(): ScriptedHandler {
  const log: string[] = [];
  const startups: SessionStartup[] = [];
  const waits = new Set<() => void>();
  const handler: ScriptedHandler = {
    log,
    startups,
    refuse: null,
    waiting: () => waits.size,
    release() {
      for (const wake of waits) wake();
    },
    async connect(startup) {
      startups.push(startup);
      log.push(`connect ${startup.user}`);
      if (handler.refuse !== null) throw handler.refuse;
      return new ScriptedSession(log, waits);
    },
  };
  return handler;
}
