// An ingest server of one's own: millrace's packages, a rule less, a hook more, and a limit on what may come in.
import { failure, gatherBatch, type IngestHook, isNullAt, valueAt } from '@millrace/core';
import { nodeWorld } from '@millrace/core/node';
import { createEngine } from '@millrace/engine';
import { servePgwire } from '@millrace/pgwire';
import { standardRules } from '@millrace/rules';
import { openDataDirectory } from '@millrace/server';

/** Drops health checks before they are stored, and refuses rows of unknown projects: seen by every way of writing, by batch. */
const onlyKnownProjects: IngestHook = {
  name: 'only-known-projects',
  before(batch, table) {
    const [project, name] = ['project_id', 'name'].map((column) =>
      table.columns.findIndex((one) => one.name === column),
    );
    const [projects, names] = [batch.vectors[project ?? -1], batch.vectors[name ?? -1]];
    if (projects === undefined || names === undefined) return batch;
    const kept: number[] = [];
    for (let row = 0; row < batch.rowCount; row++) {
      if (isNullAt(projects, row) || !String(valueAt(projects, row)).startsWith('p')) {
        throw failure('insufficientPrivilege', { message: `unknown project ${valueAt(projects, row)}` });
      }
      if (valueAt(names, row) !== 'GET /health') kept.push(row);
    }
    return kept.length === batch.rowCount ? batch : gatherBatch(batch, Int32Array.from(kept));
  },
};

/** Starts the server; the caller closes it. */
export async function startIngestServer(
  directory: string,
  port: number,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const data = await openDataDirectory(directory, nodeWorld, {
    memoryBytes: 512 * 1024 * 1024,
    flushAfterMs: 2_000,
    onFatal: (error) => {
      throw error;
    },
  });
  const engine = await createEngine(data)
    .use(standardRules())
    .use({ name: 'projects', hooks: [onlyKnownProjects] })
    .disableRule('sort-limit-to-topk')
    .build();
  const server = await servePgwire({
    ...nodeWorld,
    address: { host: '127.0.0.1', port },
    handler: engine,
    metrics: data.metrics,
    authentication: 'trust',
  });
  return {
    port: server.address.port,
    async close() {
      await server.close();
      await engine.close({ flush: true });
      await data.close();
    },
  };
}
