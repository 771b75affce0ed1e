// An ingest server of one's own: millrace's packages, a hook more and a rule less.
import { failure, gatherBatch, type IngestHook, valueAt } from '@millrace/core';
import { nodeWorld } from '@millrace/core/node';
import { createEngine } from '@millrace/engine';
import { servePgwire } from '@millrace/pgwire';
import { standardRules } from '@millrace/rules';
import { openDataDirectory } from '@millrace/server';

/** Drops health checks and refuses unknown projects: every way of writing passes it, by batch. */
export const projectsOnly: IngestHook = {
  name: 'projects-only',
  before(batch, table) {
    const column = (name: string) => batch.vectors[table.columns.findIndex((one) => one.name === name)];
    const [projects, names] = [column('project_id'), column('name')];
    if (projects === undefined || names === undefined) return batch;
    const kept = Array.from({ length: batch.rowCount }, (_, row) => row).filter((row) => {
      const project = valueAt(projects, row);
      if (String(project).startsWith('p')) return valueAt(names, row) !== 'GET /health';
      throw failure('insufficientPrivilege', { message: `unknown project ${project}` });
    });
    return gatherBatch(batch, Int32Array.from(kept));
  },
};

/** Counts rows by project once they are durable, behind the commits; a transaction that comes again after a crash counts once. */
export function countProjects(): IngestHook & { readonly counts: ReadonlyMap<string, number>; missed: number } {
  const counts = new Map<string, number>();
  let lastLsn = -1n;
  return {
    name: 'count-projects',
    counts,
    missed: 0,
    async after(event) {
      if (event.lsn <= lastLsn) return;
      lastLsn = event.lsn;
      // It lagged too far behind: what to do then is up to the hook. This one says so.
      if (event.kind === 'gap') {
        this.missed += Number(event.lsn - event.after);
        return;
      }
      for (const { table, batches } of event.tables) {
        const index = table?.columns.findIndex((one) => one.name === 'project_id') ?? -1;
        for (const { rowCount, vectors } of batches) {
          const projects = vectors[index];
          for (let row = 0; projects !== undefined && row < rowCount; row++) {
            const project = String(valueAt(projects, row));
            counts.set(project, (counts.get(project) ?? 0) + 1);
          }
        }
      }
    },
  };
}

/** What the caller needs of a running server. */
export interface IngestServer {
  /** Durable rows by project, since the server started. */
  readonly counts: ReadonlyMap<string, number>;
  readonly port: number;
  close(): Promise<void>;
}

/** Starts the server; the caller closes it. */
export async function startIngestServer(directory: string, port: number): Promise<IngestServer> {
  const data = await openDataDirectory(directory, nodeWorld, {
    memoryBytes: 512 * 1024 * 1024,
    flushAfterMs: 2_000,
    onFatal: (error) => {
      throw error;
    },
  });
  const counting = countProjects();
  const engine = await createEngine(data)
    .use(standardRules())
    .use({ name: 'projects', hooks: [projectsOnly, counting] })
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
    counts: counting.counts,
    async close() {
      await server.close();
      await engine.close({ flush: true });
      await data.close();
    },
  };
}
