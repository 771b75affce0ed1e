import {
  failure,
  type PreparedScan,
  type RecordBatch,
  type Schema,
  type Sink,
  type SinkOutcome,
  type SinkProgress,
  type StagedRows,
  type StoredTable,
  type VersionedSnapshot,
  type VersionedTable,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { SeededRandom } from '@millrace/testkit/sim';

/** A row of the tests' tables: (id int8, payload text). */
export type TestRow = readonly [id: bigint, payload: string];

export const TEST_SCHEMA: Schema = {
  fields: [
    { name: 'id', type: { kind: 'int8' }, nullable: false },
    { name: 'payload', type: { kind: 'text' }, nullable: true },
  ],
};

export function batchOf(rows: readonly TestRow[]): RecordBatch {
  return {
    rowCount: rows.length,
    vectors: [
      vectorFromValues(
        { kind: 'int8' },
        rows.map((row) => row[0]),
      ),
      vectorFromValues(
        { kind: 'text' },
        rows.map((row) => row[1]),
      ),
    ],
  };
}

export function rowsOf(batch: RecordBatch): readonly TestRow[] {
  return Array.from(
    { length: batch.rowCount },
    (_, i) => [valueAt(batch.vectors[0]!, i) as bigint, valueAt(batch.vectors[1]!, i) as string] as const,
  );
}

interface Version {
  readonly rows: readonly TestRow[];
  readonly txn: ReadonlyMap<string, bigint>;
}

/** What may go wrong with one call; drawn per call. */
export type StorageFault = 'none' | 'fails-before' | 'lands-but-fails' | 'lands-late';

/** A table's log in an object store that outlives every process: versions by put-if-absent. */
export class FakeLog {
  readonly versions: Version[] = [];
  /** Puts that are still on the wire. */
  #late: (() => void)[] = [];
  discarded = 0;
  commits = 0;

  /** Puts a version unless there is one of that number. */
  put(number: number, version: Version): boolean {
    if (this.versions.length !== number) return false;
    this.versions.push(version);
    return true;
  }
  later(put: () => void): void {
    this.#late.push(put);
  }
  /** What was on the wire arrives. */
  arrive(): void {
    for (const put of this.#late.splice(0)) put();
  }
  progress(appId: string): bigint {
    for (let i = this.versions.length - 1; i >= 0; i--) {
      const found = this.versions[i]!.txn.get(appId);
      if (found !== undefined) return found;
    }
    return -1n;
  }
}

export interface FakeTableOptions {
  readonly tableId: string;
  readonly log: FakeLog;
  readonly fault?: () => StorageFault;
  /** Calls of a dead process go nowhere. */
  readonly isAlive?: () => boolean;
  readonly random?: SeededRandom;
}

/** A table as one process sees it: cached snapshots over a FakeLog, and a sink that obeys the Sink's laws. */
export function fakeTable(options: FakeTableOptions): StoredTable {
  const { tableId, log, fault = () => 'none', isAlive = () => true, random } = options;
  let cached: readonly Version[] = [...log.versions];
  const pause = async (): Promise<void> => {
    for (let turns = random?.integer(4) ?? 1; turns > 0; turns--) await Promise.resolve();
    if (!isAlive()) throw failure('internal', { message: 'a dead process calls the store' });
  };
  const versioned: VersionedTable = {
    tableId,
    async refresh(): Promise<void> {
      await pause();
      cached = [...log.versions];
    },
    pin: () => snapshotAt(cached),
  };
  const sink: Sink = {
    async stage(batches): Promise<StagedRows> {
      await pause();
      if (fault() === 'fails-before') throw failure('ioError', { message: 'staging failed' });
      const rows: TestRow[] = [];
      for await (const batch of batches) rows.push(...rowsOf(batch));
      return { rowCount: rows.length, byteCount: rows.length, files: [rows] };
    },
    async commit(staged, progress): Promise<SinkOutcome> {
      await pause();
      return decide(log, staged, progress, fault());
    },
    async progress(appId): Promise<bigint> {
      await pause();
      return log.progress(appId);
    },
    async discard(): Promise<void> {
      await pause();
      log.discarded++;
    },
  };
  return { tableId, name: tableId, schemaId: 1, schema: TEST_SCHEMA, versioned, sink };
}

function decide(
  log: FakeLog,
  staged: StagedRows,
  { appId, from, version }: SinkProgress,
  fault: StorageFault,
): SinkOutcome {
  const found = log.progress(appId);
  const tableVersion = BigInt(log.versions.length);
  if (found >= version) return { status: 'applied', tableVersion };
  if (found > from) return { status: 'superseded', progress: found };
  if (found < from) return { status: 'behind', progress: found };
  const number = log.versions.length;
  const put = (): void => {
    if (log.put(number, { rows: staged.files[0] as TestRow[], txn: new Map([[appId, version]]) })) log.commits++;
  };
  if (fault === 'fails-before') throw failure('ioError', { message: 'the commit was not sent' });
  if (fault === 'lands-late') log.later(put);
  else put();
  if (fault !== 'none') throw failure('ioError', { message: 'the answer to the commit was lost' });
  return { status: 'committed', tableVersion };
}

function snapshotAt(versions: readonly Version[]): VersionedSnapshot {
  return {
    version: BigInt(versions.length),
    schema: TEST_SCHEMA,
    appliedLsn(appId): bigint {
      for (let i = versions.length - 1; i >= 0; i--) {
        const found = versions[i]!.txn.get(appId);
        if (found !== undefined) return found;
      }
      return -1n;
    },
    async prepareScan(request): Promise<PreparedScan> {
      return {
        residualFilters: request.filters,
        describe: () => `${versions.length} versions`,
        async *batches() {
          for (const version of versions) {
            if (version.rows.length === 0) continue;
            const batch = batchOf(version.rows);
            const index = (name: string): number => TEST_SCHEMA.fields.findIndex((field) => field.name === name);
            yield { rowCount: batch.rowCount, vectors: request.columns.map((name) => batch.vectors[index(name)]!) };
          }
        },
      };
    },
    release(): void {},
  };
}
