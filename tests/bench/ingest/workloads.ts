import { standardRules } from '@millrace/rules';
import { type BenchColumn, EVENTS, TELEMETRY } from './columns.ts';
import type { WayIn } from './units.ts';

/** One line of the table. */
export interface Workload {
  /** `prepared-10x100-c8`: way in, columns x rows of a statement, connections; `-p8` = 8 statements before one Sync. */
  readonly name: string;
  readonly columns: readonly BenchColumn[];
  readonly way: WayIn;
  readonly rowsPerStatement: number;
  readonly connections: number;
  readonly pipelined: number;
  /** What millrace's sessions set first; those workloads are not for PostgreSQL. */
  readonly settings?: readonly string[];
  /** A further connection reads the table all the while. */
  readonly reads?: boolean;
}

/** Rows of a COPY. */
export const COPY_ROWS = 20_000;
const COPIES: readonly WayIn[] = ['copy-text', 'copy-csv', 'copy-binary'];
/** What lets an INSERT's rows pass the general plan, in the order in which the ablation adds them. */
const INSERT_RULES = ['fold-cast-literals', 'values-to-memory', 'insert-fast-path'];
const RULES = standardRules().map(({ name }) => name);

function workload(
  way: WayIn,
  width: 10 | 88,
  rowsPerStatement: number,
  connections: number,
  more: { readonly pipelined?: number; readonly suffix?: string } & Pick<Workload, 'settings' | 'reads'> = {},
): Workload {
  const { pipelined = 1, suffix = '', ...rest } = more;
  const name = `${way}-${width}x${rowsPerStatement}-c${connections}${pipelined === 1 ? '' : `-p${pipelined}`}${suffix}`;
  const columns = width === 10 ? EVENTS : TELEMETRY;
  return { name, columns, way, rowsPerStatement, connections, pipelined, ...rest };
}

/** The lines that the goals are about, and what explains them. */
export function mainWorkloads(): readonly Workload[] {
  return [
    workload('prepared', 10, 1, 1),
    workload('prepared', 10, 1, 32),
    workload('prepared', 10, 1, 32, { pipelined: 8 }),
    workload('prepared', 10, 100, 8),
    workload('binary', 10, 100, 8),
    workload('prepared', 10, 1000, 8),
    workload('prepared', 88, 100, 1),
    workload('prepared', 88, 100, 8),
    workload('prepared', 88, 30, 16),
    workload('prepared', 88, 30, 32),
    workload('text', 10, 100, 8),
    workload('text', 88, 100, 8),
    ...([10, 88] as const).flatMap((width) => COPIES.map((way) => workload(way, width, COPY_ROWS, 1))),
    workload('prepared', 10, 100, 8, { reads: true, suffix: '-reads' }),
    ...ablation('prepared', 10),
    ...ablation('text', 10),
  ];
}

/** The same work with more and more of what makes it fast: what each of them is worth. Literal lifting is about plain text only. */
function ablation(way: 'prepared' | 'text', width: 10 | 88): readonly Workload[] {
  const steps = ['no-rules', ...INSERT_RULES.map((name) => `and-${name}`)].map((suffix, enabled) => {
    const others = RULES.filter((name) => !INSERT_RULES.slice(0, enabled).includes(name));
    const settings = [`set millrace.disabled_rules = '${others.join(', ')}'`, 'set millrace.lift_literals = off'];
    return workload(way, width, 100, 8, { settings, suffix: `-${suffix}` });
  });
  const rules = workload(way, width, 100, 8, {
    settings: ['set millrace.lift_literals = off'],
    suffix: '-and-all-rules',
  });
  const lifting =
    way === 'text' ? [workload(way, width, 100, 8, { settings: [], suffix: '-and-literal-lifting' })] : [];
  return [...steps, rules, ...lifting];
}

/** Every combination: hours. */
export function allWorkloads(): readonly Workload[] {
  const product = ([10, 88] as const).flatMap((width) =>
    (['prepared', 'binary', 'text'] as const).flatMap((way) =>
      [1, 30, 100, 700, ...(width === 10 ? [1000] : [])].flatMap((rows) =>
        [1, 8, 16, 32].flatMap((connections) =>
          [1, 8].map((pipelined) => workload(way, width, rows, connections, { pipelined })),
        ),
      ),
    ),
  );
  const copies = ([10, 88] as const).flatMap((width) =>
    COPIES.flatMap((way) => [1, 8].map((connections) => workload(way, width, COPY_ROWS, connections))),
  );
  const main = mainWorkloads();
  const names = new Set(main.map(({ name }) => name));
  return [...main, ...[...product, ...copies].filter(({ name }) => !names.has(name))];
}
