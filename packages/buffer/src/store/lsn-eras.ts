import type { VersionedSnapshot } from '@millrace/core';
import type { WalEra } from '../wal/wal-options.ts';

/** Which walId a number was given out under. Numbers go on from era to era, so they stay comparable. */
export class LsnEras {
  /** Oldest first; the last one is current and open-ended. */
  #eras: readonly WalEra[];

  constructor(eras: readonly WalEra[]) {
    this.#eras = eras;
  }

  replace(eras: readonly WalEra[]): void {
    this.#eras = eras;
  }

  /** The era that the number belongs to; `lastLsn` null for the current one. */
  of(lsn: bigint): { readonly walId: string; readonly lastLsn: bigint | null } {
    const ended = this.#eras.slice(0, -1).find((era) => lsn <= era.lastLsn);
    return ended ?? { walId: this.#eras.at(-1)!.walId, lastLsn: null };
  }

  /**
   * The highest lsn that storage has passed, given what it knows of each walId (-1n = nothing). What it has beyond the end of an era that is over was
   * lost from the log, and says nothing about later numbers.
   */
  passed(progress: (walId: string) => bigint): bigint {
    let highest = -1n;
    this.#eras.forEach((era, index) => {
      const known = progress(era.walId);
      const isCurrent = index === this.#eras.length - 1;
      const capped = !isCurrent && known > era.lastLsn ? era.lastLsn : known;
      if (capped > highest) highest = capped;
    });
    return highest;
  }

  /** The same for a table's snapshot. */
  appliedIn(snapshot: VersionedSnapshot): bigint {
    return this.passed((walId) => snapshot.appliedLsn(walId));
  }
}
