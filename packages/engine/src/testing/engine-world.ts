import {
  createMemoryBudget,
  createMetrics,
  type MemoryBudget,
  type Metrics,
  type MillraceError,
  type ParameterValue,
  type QuerySession,
  type StatementResult,
  type Value,
  valueAt,
} from '@millrace/core';
import type { Engine } from '../engine.ts';
import { createEngine, type EngineBuilder } from '../engine-builder.ts';
import { FakeObjectStore, FakeTableStorage } from './fake-storage.ts';
import { FakeTransactionStore } from './fake-transaction-store.ts';
import { countingRandom, ManualClock } from './manual-clock.ts';

const MEMORY_BYTES = 16 * 1024 * 1024;

/** An engine without rules on doubles of everything below it. */
export interface EngineWorld {
  readonly engine: Engine;
  readonly store: FakeTransactionStore;
  readonly storage: FakeTableStorage;
  readonly objects: FakeObjectStore;
  readonly clock: ManualClock;
  readonly memory: MemoryBudget;
  readonly metrics: Metrics;
  connect(settings?: readonly (readonly [string, string])[]): Promise<TestSession>;
  /** Another engine on what this one left: its log and its objects. */
  restart(): Promise<EngineWorld>;
}

interface Remains {
  readonly objects: FakeObjectStore;
  readonly log: FakeTransactionStore['log'];
}

export async function engineWorld(
  options: { readonly memoryBytes?: number; readonly configure?: (builder: EngineBuilder) => EngineBuilder } = {},
  remains?: Remains,
): Promise<EngineWorld> {
  const memory = createMemoryBudget('server', options.memoryBytes ?? MEMORY_BYTES);
  const store = new FakeTransactionStore(memory, [...(remains?.log ?? [])]);
  const storage = new FakeTableStorage();
  const objects = remains?.objects ?? new FakeObjectStore();
  const clock = new ManualClock();
  const metrics = createMetrics();
  const builder = createEngine({
    clock,
    random: countingRandom(),
    metrics,
    memory,
    transactionStore: store,
    tableStorage: storage,
    objectStore: objects,
  });
  const engine = await (options.configure?.(builder) ?? builder).build();
  return {
    engine,
    store,
    storage,
    objects,
    clock,
    memory,
    metrics,
    async connect(settings = []) {
      const startup = { user: 'tester', database: 'millrace', settings, processId: 1, remote: 'test' };
      return new TestSession(await engine.connect(startup));
    },
    restart: () => engineWorld(options, { objects, log: store.log }),
  };
}

/** What one statement answered. */
export interface Answer {
  readonly tag: string;
  readonly rows: readonly (readonly Value[])[];
}

/** A session as a client uses it. */
export class TestSession {
  readonly session: QuerySession;

  constructor(session: QuerySession) {
    this.session = session;
  }

  /** Runs a text of the simple protocol; the answers of its statements. */
  async all(sql: string, signal: AbortSignal = new AbortController().signal): Promise<readonly Answer[]> {
    const answers: Answer[] = [];
    for await (const result of this.session.query(sql, signal)) answers.push(await readResult(result));
    return answers;
  }

  /** The tag of the last statement. */
  async run(sql: string): Promise<string> {
    return (await this.all(sql)).at(-1)!.tag;
  }

  /** The rows of the last statement. */
  async rows(sql: string): Promise<Answer['rows']> {
    return (await this.all(sql)).at(-1)!.rows;
  }

  /** SQLSTATE and message of what a text must fail with. */
  async error(sql: string): Promise<string> {
    return errorOf(this.all(sql));
  }

  /** Parse, Bind and Execute, without Sync. */
  async execute(sql: string, parameters: readonly ParameterValue[] = []): Promise<Answer> {
    return readResult(await this.start(sql, parameters));
  }

  /** The result of an Execute, not read yet. */
  async start(sql: string, parameters: readonly ParameterValue[] = []): Promise<StatementResult> {
    const prepared = await this.session.prepare('', sql, []);
    return this.session.execute(prepared, parameters, new AbortController().signal);
  }

  notices(): readonly string[] {
    return this.session.takeNotices().map(({ severity, sqlstate, message }) => `${severity} ${sqlstate} ${message}`);
  }
}

/** SQLSTATE and message of what a promise rejects with; it must. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { sqlstate, message } = error as MillraceError;
    return `${sqlstate} ${message}`;
  }
  return 'no error';
}

/** Reads a result to its end and completes it. */
export async function readResult(result: StatementResult): Promise<Answer> {
  const rows: Value[][] = [];
  for await (const batch of result.batches) {
    for (let row = 0; row < batch.rowCount; row++) rows.push(batch.vectors.map((vector) => valueAt(vector, row)));
  }
  const tag = await result.complete();
  return { tag: tag.appendRowCount ? `${tag.text} ${rows.length}` : tag.text, rows };
}
