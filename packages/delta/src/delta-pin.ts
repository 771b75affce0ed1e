import type { PreparedScan, ScanContext, ScanRequest, Schema, VersionedSnapshot } from '@millrace/core';
import { estimateRows } from './scan/estimate-rows.ts';
import { prepareDeltaScan } from './scan/prepare-scan.ts';
import type { LogSource } from './snapshot/load-snapshot.ts';
import type { Snapshot } from './snapshot/snapshot.ts';

/** A snapshot held for a statement. A table that is not in storage yet is version -1: empty, nothing applied. */
export class DeltaPin implements VersionedSnapshot {
  readonly version: bigint;
  readonly schema: Schema;
  readonly #source: LogSource;
  readonly #snapshot: Snapshot | null;
  readonly #onRelease: () => void;

  constructor(source: LogSource, snapshot: Snapshot | null, schema: Schema, onRelease: () => void) {
    this.version = snapshot?.version ?? -1n;
    this.schema = schema;
    this.#source = source;
    this.#snapshot = snapshot;
    this.#onRelease = onRelease;
  }

  appliedLsn(appId: string): bigint {
    return this.#snapshot?.txns.get(appId)?.version ?? -1n;
  }

  async prepareScan(request: ScanRequest, context: ScanContext): Promise<PreparedScan> {
    if (this.#snapshot === null) return EMPTY_SCAN;
    return prepareDeltaScan({ ...this.#source, snapshot: this.#snapshot }, request, context);
  }

  estimatedRows(): number | undefined {
    return this.#snapshot === null ? 0 : estimateRows(this.#snapshot);
  }

  release(): void {
    this.#onRelease();
  }
}

/** No rows: every filter holds for all of them. */
const EMPTY_SCAN: PreparedScan = {
  residualFilters: [],
  describe: () => 'files read 0 of 0, 0 pruned',
  async *batches() {},
};
