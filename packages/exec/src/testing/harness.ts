import {
  assert,
  type Column,
  type ColumnId,
  createMemoryBudget,
  createMetrics,
  type DataType,
  DEFAULT_FORMAT,
  type EvaluationContext,
  type Expr,
  type MemoryBudget,
  type Metrics,
  type ParameterValue,
  type RecordBatch,
  type TableProvider,
  type Value,
  valueAt,
  vectorFromValues,
} from '@millrace/core';
import type { PhysicalOf, PhysicalPlan } from '@millrace/planner';
import { compilePlan } from '../compile-plan.ts';
import type { ExecRegistry } from '../registry.ts';
import type { StatisticsCollector } from '../run/statistics.ts';
import type { TaskContext } from '../run/task-context.ts';
import { standardExecRegistry } from '../standard-registry.ts';

/** Support for exec's own tests: hand-built plans over rows of values. Not exported from the package. */

let nextId = 1;

/** A fresh column. */
export function column(name: string, type: DataType, nullable = true): Column {
  return { id: nextId++ as ColumnId, name, type, nullable };
}

/** Reads a column. */
export function read(source: Column): Expr {
  return { kind: 'column', id: source.id, type: source.type };
}

/** A literal. */
export function literal(value: Value, type: DataType): Expr {
  return { kind: 'literal', value, type };
}

/** Rows in batches of `batchRows`. */
export function batchesOf(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
  batchRows = 3,
): RecordBatch[] {
  const batches: RecordBatch[] = [];
  for (let start = 0; start < rows.length; start += batchRows) {
    const part = rows.slice(start, start + batchRows);
    batches.push({
      rowCount: part.length,
      vectors: columns.map((entry, j) =>
        vectorFromValues(
          entry.type,
          part.map((row) => row[j] ?? null),
        ),
      ),
    });
  }
  return batches;
}

/** A memory scan of rows. */
export function rowsPlan(
  columns: readonly Column[],
  rows: readonly (readonly Value[])[],
  batchRows = 3,
): PhysicalOf<'memory-scan'> {
  return { op: 'memory-scan', columns, batches: batchesOf(columns, rows, batchRows) };
}

/** An evaluation context with fixed clock and randomness. */
export function evaluationContext(parameters: readonly ParameterValue[] = []): EvaluationContext {
  return {
    transactionMicros: 1_700_000_000_000_000n,
    statementMicros: 1_700_000_000_000_000n,
    clockMicros: () => 1_700_000_000_000_000n,
    random: () => 0.5,
    uuid: () => '00000000-0000-4000-8000-000000000000',
    format: DEFAULT_FORMAT,
    parameters,
    session: {
      user: 'tester',
      database: 'test',
      processId: 1,
      searchPath: ['public'],
      setting: () => undefined,
      setSetting: (_name, value) => value,
      catalog: () => undefined,
    },
  };
}

export interface Harness {
  readonly task: TaskContext;
  readonly memory: MemoryBudget;
  readonly metrics: Metrics;
  readonly controller: AbortController;
  /** What reached the write funnel. */
  readonly written: { readonly tableId: string; readonly schemaId: number; readonly rows: Value[][] }[];
}
export interface HarnessOptions {
  readonly batchRows?: number;
  readonly memoryBytes?: number;
  readonly parameters?: readonly ParameterValue[];
  readonly tables?: Readonly<Record<string, TableProvider>>;
  readonly stats?: StatisticsCollector;
  readonly pause?: () => Promise<void>;
}

/** A task over a budget of its own. */
export function harness(options: HarnessOptions = {}): Harness {
  const memory = createMemoryBudget('test', options.memoryBytes ?? 256 * 1024 * 1024);
  const metrics = createMetrics();
  const controller = new AbortController();
  const written: Harness['written'] = [];
  const task: TaskContext = {
    signal: controller.signal,
    batchRows: options.batchRows ?? 3,
    memory,
    evaluation: evaluationContext(options.parameters),
    metrics,
    table(tableId: string): TableProvider {
      const found = options.tables?.[tableId];
      assert(found !== undefined, `no table ${tableId}`);
      return found;
    },
    write(tableId: string, schemaId: number, batch: RecordBatch): RecordBatch {
      written.push({ tableId, schemaId, rows: rowsOf(batch) });
      return batch;
    },
    stats: options.stats ?? null,
    ...(options.pause === undefined ? {} : { pause: options.pause }),
  };
  return { task, memory, metrics, controller, written };
}

/** A batch as rows of values. */
export function rowsOf(batch: RecordBatch): Value[][] {
  return Array.from({ length: batch.rowCount }, (_, i) => batch.vectors.map((vector) => valueAt(vector, i)));
}

/** Runs a plan to its end; asserts that batches have the plan's shape and that no memory is left. */
export async function run(
  plan: PhysicalPlan,
  options: HarnessOptions & { readonly registry?: ExecRegistry; readonly harness?: Harness } = {},
): Promise<Value[][]> {
  const { task, memory } = options.harness ?? harness(options);
  const rows = await drain(compilePlan(plan, options.registry ?? standardExecRegistry()).execute(task), plan).catch(
    (error: unknown) => {
      expectReleased(memory);
      throw error;
    },
  );
  expectReleased(memory);
  return rows;
}

async function drain(batches: AsyncIterable<RecordBatch>, plan: PhysicalPlan): Promise<Value[][]> {
  const rows: Value[][] = [];
  for await (const batch of batches) {
    assert(batch.rowCount > 0, 'no batch is empty');
    assert(batch.vectors.length === plan.columns.length, 'a batch has the width of the plan');
    for (const vector of batch.vectors)
      assert(vector.length === batch.rowCount, 'a vector has the length of its batch');
    rows.push(...rowsOf(batch));
  }
  return rows;
}

function expectReleased(memory: MemoryBudget): void {
  assert(memory.usedBytes === 0, `${memory.usedBytes} bytes were not released`);
}

/** A value as text in which equal values are equal: for comparing results as bags. */
export function show(value: Value): string {
  if (value === null) return 'NULL';
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  if (value instanceof Uint8Array)
    return `\\x${Array.from(value, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  if (typeof value === 'object') {
    const interval = value as { months: number; days: number; micros: bigint };
    return `${interval.months}/${interval.days}/${interval.micros}`;
  }
  return JSON.stringify(value) ?? String(value);
}

/** Rows as sorted text, for comparing as bags. */
export function bag(rows: readonly (readonly Value[])[]): string[] {
  return rows
    .map((row) =>
      row.map((value) => (typeof value === 'number' && Number.isNaN(value) ? 'NaN' : show(value))).join(' | '),
    )
    .sort();
}
