import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUFFER_FAILPOINTS } from '@millrace/buffer';
import { DELTA_FAILPOINTS } from '@millrace/delta';
import { beforeAll, describe, expect, it } from 'vitest';
import { compilePackages } from '../support/compiled-packages.ts';
import { startServerProcess } from './server-process.ts';
import { createTables, findViolations, Journal, runWorkload } from './workload.ts';

// Every step of append, flush, commit, publish, truncate and recovery: the process is killed right there, with writers running, and started again; then the
// tables are compared with a journal of what was acknowledged, kept outside the data directory.
const STEPS = [...BUFFER_FAILPOINTS, ...DELTA_FAILPOINTS];
/** Steps that only a start goes through: the first process dies under load, the second one at the step. */
const isStep = { ofStart: (step: string): boolean => step.startsWith('wal.open.') || step.startsWith('recovery.') };
/** At most: the load ends with the server. */
const LOAD_MS = 12_000;

interface Outcome {
  readonly death: string;
  readonly hits: number;
  readonly acknowledged: number;
  readonly violations: readonly string[];
  readonly violationsAfterFlush: readonly string[];
}

async function killAt(step: string, hit: number): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
  const directory = join(folder, 'data');
  const hitLog = join(folder, 'hits');
  const journal = new Journal(join(folder, 'journal'));
  try {
    const failpoint = { MILLRACE_FAILPOINT: `${step}:${hit}`, MILLRACE_FAILPOINT_LOG: hitLog };
    let death: string;
    if (isStep.ofStart(step)) {
      await loadAndKill(directory, journal);
      const second = await startServerProcess(directory, failpoint);
      second.server?.kill('SIGTERM');
      death = await second.ended;
    } else {
      const first = await startServerProcess(directory, failpoint);
      if (first.server !== null) {
        await createTables(first.server.port).catch(() => undefined);
        await runWorkload(first.server.port, journal, { ms: LOAD_MS, round: 1 });
        first.server.kill('SIGTERM');
      }
      death = await first.ended;
    }
    const hits = existsSync(hitLog)
      ? readFileSync(hitLog, 'utf8')
          .split('\n')
          .filter((line) => line === step).length
      : 0;
    return { death, hits, acknowledged: journal.read().acknowledged.size, ...(await checkAfter(directory, journal)) };
  } finally {
    journal.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function loadAndKill(directory: string, journal: Journal): Promise<void> {
  const { server, ended, output } = await startServerProcess(directory);
  if (server === null) throw new Error(`the server did not start: ${output()}`);
  await createTables(server.port);
  const load = runWorkload(server.port, journal, { ms: LOAD_MS, round: 1 });
  setTimeout(() => server.kill('SIGKILL'), 700);
  await load;
  await ended;
}

/** Starts the server without failpoints, compares, writes some more, flushes, compares again. */
async function checkAfter(
  directory: string,
  journal: Journal,
): Promise<Pick<Outcome, 'violations' | 'violationsAfterFlush'>> {
  const { server, ended, output } = await startServerProcess(directory);
  if (server === null) throw new Error(`the server did not start again: ${output()}`);
  await createTables(server.port);
  const violations = await findViolations(server.port, journal);
  await runWorkload(server.port, journal, { ms: 150, round: 2 });
  const violationsAfterFlush = await findViolations(server.port, journal);
  server.kill('SIGTERM');
  expect(await ended).toBe('exit 0');
  return { violations, violationsAfterFlush };
}

// Starting a server is most of the work: it need not be translated each time.
beforeAll(compilePackages, 150_000);

describe('SIGKILL at every step', () => {
  for (const [index, step] of STEPS.entries()) {
    it.concurrent(step, async () => {
      const outcome = await killAt(step, isStep.ofStart(step) ? 1 : 1 + (index % 3));
      expect(outcome).toMatchObject({ death: 'SIGKILL', violations: [], violationsAfterFlush: [] });
      expect(outcome.hits).toBeGreaterThan(0);
    }, 120_000);
  }

  it('kills under load at a later hit, when there is something to lose', async () => {
    const outcome = await killAt('flush.committed', 12);
    expect(outcome).toMatchObject({ death: 'SIGKILL', violations: [], violationsAfterFlush: [] });
    expect(outcome.acknowledged).toBeGreaterThan(20);
  }, 120_000);
});
