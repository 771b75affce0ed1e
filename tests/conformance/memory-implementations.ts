import {
  failure,
  gatherBatch,
  type PreparedScan,
  type RecordBatch,
  type ScanRequest,
  type Schema,
  type Sink,
  type SinkOutcome,
  type SinkProgress,
  type StagedRows,
  type TableProvider,
  type Value,
  type VersionedSnapshot,
  type VersionedTable,
  valueAt,
  type Wal,
} from '@millrace/core';
import { batchOfRows, type TableRow } from '@millrace/testkit/vitest';

/** The smallest right implementations of ports: they pass the suites, and wrong ones are made of them. */

export interface MemoryLog {
  readonly records: Map<bigint, Uint8Array>;
  lastLsn: bigint;
  oldestLsn: bigint;
}

/** A log in memory; what `log` holds survives. */
export function memoryWal(log: MemoryLog): Wal {
  let isClosed = false;
  return {
    walId: 'memory',
    get oldestLsn() {
      return log.oldestLsn;
    },
    get lastLsn() {
      return log.lastLsn;
    },
    get durableLsn() {
      return log.lastLsn;
    },
    append(payload) {
      if (isClosed) throw failure('internal', { message: 'append to a closed log' });
      log.lastLsn++;
      log.records.set(log.lastLsn, Uint8Array.from(payload.flatMap((chunk) => [...chunk])));
      return { lsn: log.lastLsn, written: Promise.resolve(), durable: Promise.resolve() };
    },
    async *replay(after) {
      for (const [lsn, payload] of [...log.records]) if (lsn > after) yield { lsn, payload };
    },
    async sync() {},
    async truncate(upTo) {
      for (const lsn of [...log.records.keys()]) if (lsn <= upTo) log.records.delete(lsn);
      if (upTo >= log.oldestLsn) log.oldestLsn = upTo + 1n;
    },
    async close() {
      isClosed = true;
    },
  };
}

export interface MemoryTable {
  readonly schema: Schema;
  rows: readonly TableRow[];
  readonly applied: Map<string, bigint>;
  version: bigint;
}

export function memoryTable(schema: Schema): MemoryTable {
  return { schema, rows: [], applied: new Map(), version: 0n };
}

export function memorySink(table: MemoryTable): Sink {
  const staged = new Map<StagedRows, readonly TableRow[]>();
  return {
    async stage(batches, signal) {
      signal?.throwIfAborted();
      const rows: TableRow[] = [];
      for await (const batch of batches) rows.push(...rowsOf(batch));
      const result: StagedRows = { rowCount: rows.length, byteCount: 0, files: [] };
      staged.set(result, rows);
      return result;
    },
    async commit(unit: StagedRows, { appId, from, version }: SinkProgress): Promise<SinkOutcome> {
      const now = table.applied.get(appId) ?? -1n;
      if (now >= version) return { status: 'applied', tableVersion: table.version };
      if (now !== from) return { status: now > from ? 'superseded' : 'behind', progress: now };
      table.rows = [...table.rows, ...(staged.get(unit) ?? [])];
      table.applied.set(appId, version);
      table.version++;
      return { status: 'committed', tableVersion: table.version };
    },
    progress: async (appId) => table.applied.get(appId) ?? -1n,
    discard: async (unit) => void staged.delete(unit),
  };
}

export function memoryVersions(table: MemoryTable, tableId: string): VersionedTable {
  let snapshot: MemoryTable = { ...table, applied: new Map(table.applied) };
  return {
    tableId,
    async refresh(signal) {
      signal?.throwIfAborted();
      snapshot = { ...table, applied: new Map(table.applied) };
    },
    pin(): VersionedSnapshot {
      const { rows, applied, version, schema } = snapshot;
      const provider = memoryProvider(schema, rows);
      return {
        version,
        schema,
        appliedLsn: (appId) => applied.get(appId) ?? -1n,
        prepareScan: async (request, context) => provider.prepareScan(request, context),
        release: () => undefined,
      };
    },
  };
}

/** All rows in one batch; every filter is left to the caller. */
export function memoryProvider(schema: Schema, rows: readonly TableRow[]): TableProvider {
  return {
    schema,
    prepareScan(request: ScanRequest, { signal }): PreparedScan {
      const all = batchOfRows(schema, rows);
      const vectors = request.columns.map((name) => {
        const vector = all.vectors[schema.fields.findIndex((field) => field.name === name)];
        if (vector === undefined) throw failure('internal', { message: `no field ${name}` });
        return vector;
      });
      return {
        residualFilters: request.filters,
        describe: () => `${rows.length} rows in memory`,
        async *batches() {
          signal.throwIfAborted();
          if (rows.length > 0) yield { rowCount: rows.length, vectors };
        },
      };
    },
  };
}

/** The first rows of a batch. */
export function firstRows(batch: RecordBatch, count: number): RecordBatch {
  return gatherBatch(
    batch,
    Int32Array.from({ length: Math.min(count, batch.rowCount) }, (_, row) => row),
  );
}

function rowsOf({ rowCount, vectors }: RecordBatch): Value[][] {
  return Array.from({ length: rowCount }, (_, row) => vectors.map((vector) => valueAt(vector, row)));
}
