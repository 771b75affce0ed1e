import { type IngestHook, type ObjectStore, type Schema, type TableProvider, types, type Wal } from '@millrace/core';
import { memoryObjectStore } from '@millrace/delta';
import { libpgFrontend } from '@millrace/planner';
import {
  ingestHookSuite,
  objectStoreSuite,
  sinkSuite,
  sqlFrontendSuite,
  type TableRow,
  tableProviderSuite,
  versionedTableSuite,
  walSuite,
} from '@millrace/testkit/vitest';
import {
  firstRows,
  type MemoryLog,
  memoryProvider,
  memorySink,
  memoryTable,
  memoryVersions,
  memoryWal,
} from './memory-implementations.ts';

/** Each breaks one law; `wrong-implementations.test.ts` runs this file and expects the suites to say which. Not found by the test runner by itself. */

const store = (name: string, change: (inner: ObjectStore) => Partial<ObjectStore>): void =>
  objectStoreSuite(name, () => {
    const inner = memoryObjectStore();
    return { store: { ...inner, ...change(inner) } };
  });
store('create replaces', (inner) => ({ put: (key, body) => inner.put(key, body, { mode: 'overwrite' }) }));
store('lists backwards', (inner) => ({
  async *list(prefix, options) {
    const all = [];
    for await (const one of inner.list(prefix, options)) all.push(one);
    yield* all.reverse();
  },
}));
store('ranges are one too long', (inner) => ({
  get: async (key, options = {}) => {
    const body = await inner.get(key);
    const { range } = options;
    return body === null || range === undefined ? inner.get(key, options) : body.slice(range.start, range.end + 1);
  },
}));

const log = (name: string, change: (inner: Wal, disk: MemoryLog) => Partial<Wal>): void =>
  walSuite(name, () => {
    const disk: MemoryLog = { records: new Map(), lastLsn: 0n, oldestLsn: 1n };
    return {
      open: async () => {
        const inner = memoryWal(disk);
        return Object.defineProperties(inner, Object.getOwnPropertyDescriptors(change(inner, disk)));
      },
    };
  });
log('truncates one too many', (_, disk) => ({
  async truncate(upTo) {
    for (const lsn of [...disk.records.keys()]) if (lsn <= upTo + 1n) disk.records.delete(lsn);
  },
}));
log('forgets empty records', (_, disk) => ({
  async *replay(after) {
    for (const [lsn, payload] of disk.records) if (lsn > after && payload.length > 0) yield { lsn, payload };
  },
}));
log('uses numbers again', (inner, disk) => ({
  async truncate(upTo) {
    for (const lsn of [...disk.records.keys()]) if (lsn <= upTo) disk.records.delete(lsn);
    if (disk.records.size === 0) disk.lastLsn = 0n;
    void inner;
  },
}));

sinkSuite('shows what is staged', (schema) => {
  const table = memoryTable(schema);
  const inner = memorySink(table);
  return {
    sink: {
      ...inner,
      async stage(batches, signal) {
        const staged = await inner.stage(batches, signal);
        await inner.commit(staged, { appId: 'staged', from: -1n, version: 0n });
        return staged;
      },
    },
    rows: async () => table.rows,
  };
});
sinkSuite('commits again', (schema) => {
  const table = memoryTable(schema);
  const inner = memorySink(table);
  return {
    sink: {
      ...inner,
      async commit(staged, progress) {
        table.applied.delete(progress.appId);
        return inner.commit(staged, { ...progress, from: -1n });
      },
    },
    rows: async () => table.rows,
  };
});

versionedTableSuite('pins that move', (schema) => {
  const table = memoryTable(schema);
  const inner = memoryVersions(table, 'moving');
  return {
    table: {
      ...inner,
      pin: () => ({
        ...inner.pin(),
        prepareScan: async (request, context) => memoryProvider(schema, table.rows).prepareScan(request, context),
      }),
    },
    tableId: 'moving',
    async commit(rows, { appId, version }) {
      table.rows = [...table.rows, ...rows];
      table.applied.set(appId, version);
      table.version++;
    },
  };
});

const provider = (name: string, change: (inner: TableProvider, rows: readonly TableRow[]) => TableProvider): void =>
  tableProviderSuite(name, (schema: Schema, rows) => ({ provider: change(memoryProvider(schema, rows), rows) }));
provider('claims to filter', (inner) => ({
  ...inner,
  prepareScan: async (request, context) => ({ ...(await inner.prepareScan(request, context)), residualFilters: [] }),
}));
provider('cuts before the caller filters', (inner) => ({
  ...inner,
  async prepareScan(request, context) {
    const scan = await inner.prepareScan(request, context);
    return {
      ...scan,
      async *batches() {
        for await (const batch of scan.batches()) {
          const cut = firstRows(batch, request.fetch ?? batch.rowCount);
          if (cut.rowCount > 0) yield cut;
        }
      },
    };
  },
}));
provider('has its own order of columns', (inner) => ({
  ...inner,
  prepareScan: (request, context) => inner.prepareScan({ ...request, columns: [...request.columns].sort() }, context),
}));

const table = {
  oid: 16384,
  tableId: 't',
  schemaId: 1,
  schemaName: 'public',
  name: 't',
  columns: [{ name: 'k', type: types.int4, nullable: true, defaultSql: null, defaultExpr: null }],
  partitionColumns: [],
  options: {},
  location: null,
  isSystem: false,
};
const hook = (name: string, before: IngestHook['before']): void => ingestHookSuite({ hook: { name, before }, table });
hook('throws what no client understands', (batch) => {
  if (batch.rowCount > 2) throw new RangeError('too many');
  return batch;
});
hook('changes what it was given', (batch) => {
  for (const vector of batch.vectors)
    if ('values' in vector && vector.values instanceof Int32Array) vector.values.fill(7);
  return batch;
});
let calls = 0;
hook('counts its calls', (batch) => (calls++ % 2 === 0 ? batch : firstRows(batch, 1)));

sqlFrontendSuite('throws its own errors', () => {
  const inner = libpgFrontend();
  return {
    ...inner,
    name: 'wrong',
    load: () => inner.load(),
    parse(sql) {
      if (sql.includes('SELEC ')) throw new SyntaxError('no');
      return inner.parse(sql).map((one) => ({ ...one, parameterCount: 0 }));
    },
  };
});
