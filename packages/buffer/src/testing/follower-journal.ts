import { assert, failure, type LogEvent, type LogFollower } from '@millrace/core';
import { rowsOf, TEST_SCHEMA } from './fake-storage.ts';

/** What a follower was given over all lives of a world, on a disk of its own. */
export class FollowerJournal {
  /** Ids of the rows of each transaction that was seen, by number, and how often it came. */
  readonly seen: Map<bigint, { readonly rows: string; times: number }> = new Map();
  readonly gaps: { readonly after: bigint; readonly lsn: bigint }[] = [];
  readonly #isMute: () => boolean;
  /** The newest number of this life. */
  newest = -1n;
  #life = 0;

  /** `isMute`: this delivery fails. */
  constructor(isMute: () => boolean) {
    this.#isMute = isMute;
  }

  /** The follower of a new process. */
  follower(options: Partial<Pick<LogFollower, 'lagRecordsMax' | 'lagBytesMax'>> = {}): LogFollower {
    this.newest = -1n;
    const life = ++this.#life;
    return {
      name: 'journal',
      lagRecordsMax: 1_000_000,
      lagBytesMax: 1_000_000_000,
      ...options,
      typesOf: () => TEST_SCHEMA.fields.map(({ type }) => type),
      deliver: async (event) => {
        await Promise.resolve();
        // What is left of a dead process tells nobody anything.
        if (life !== this.#life || this.#isMute()) throw failure('ioError', { message: 'the journal is full' });
        this.#take(event);
      },
    };
  }

  /** Whether the transaction was seen, or the follower was told that it would not be. */
  knows(lsn: bigint): boolean {
    return this.seen.has(lsn) || this.gaps.some((gap) => gap.after < lsn && lsn <= gap.lsn);
  }

  #take(event: LogEvent): void {
    assert(event.lsn > this.newest, `${event.kind} ${event.lsn} after ${this.newest}`);
    this.newest = event.lsn;
    if (event.kind === 'gap') {
      this.gaps.push(event);
      return;
    }
    const rows = event.tables
      .map(
        ({ tableId, batches }) => `${tableId}: ${(batches ?? []).flatMap(rowsOf).map(([id, text]) => `${id} ${text}`)}`,
      )
      .sort()
      .join('; ');
    const before = this.seen.get(event.lsn);
    assert(before === undefined || before.rows === rows, `transaction ${event.lsn} came again with other rows`);
    this.seen.set(event.lsn, { rows, times: (before?.times ?? 0) + 1 });
  }
}
