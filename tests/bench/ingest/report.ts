import { cpus, loadavg } from 'node:os';
import { median } from '../measure.ts';
import type { Run } from './run-workload.ts';
import type { Workload } from './workloads.ts';

/** All runs of a workload. */
export interface Measured {
  readonly workload: Workload;
  readonly millrace: readonly Run[];
  /** Empty where it was not measured. */
  readonly postgres: readonly Run[];
  /** Why there are no figures: what a server said. */
  readonly refused: string | null;
  /** `ok`, or what was wrong, or why nobody looked. */
  readonly checked: string;
}

type Figure = { [K in keyof Run]: Run[K] extends number | null ? K : never }[keyof Run];

/** The median of a figure over runs; null where no run has it. */
export function medianOf(runs: readonly Run[], figure: Figure): number | null {
  const values = runs.map((run) => run[figure]).filter((value) => value !== null);
  return values.length === 0 ? null : median(values);
}

/** Rates: what is stored and what is acknowledged, beside PostgreSQL, whose acknowledgement is both. */
export function ratesTable(measured: readonly Measured[]): readonly (readonly string[])[] {
  const head = ['workload', 'sustained', 'burst', 'postgres', 'sustained x', 'burst x', 'checked'];
  return [
    head,
    ...measured.map(({ workload, millrace, postgres, refused, checked }) => {
      if (refused !== null) return [workload.name, refused];
      const [sustained, burst] = [medianOf(millrace, 'sustained'), medianOf(millrace, 'burst')];
      const other = medianOf(postgres, 'burst');
      const rates = [sustained, burst, other].map(whole);
      return [workload.name, ...rates, ratio(sustained, other), ratio(burst, other), checked];
    }),
  ];
}

/** What a rate costs; millrace's figure, then PostgreSQL's. */
export function costsTable(measured: readonly Measured[]): readonly (readonly string[])[] {
  const head = [
    'workload',
    'p50 ms',
    'p99 ms',
    'p99.9 ms',
    'rows/fsync',
    'cpu us/row',
    'client us/row',
    'peak MB',
    'loop p99/max ms',
    'reads/s',
  ];
  const shown = measured.filter(({ refused }) => refused === null);
  return [
    head,
    ...shown.map(({ workload, millrace, postgres }) => {
      const both = (figure: Figure, print: (value: number | null) => string): string =>
        postgres.length === 0
          ? print(medianOf(millrace, figure))
          : `${print(medianOf(millrace, figure))} | ${print(medianOf(postgres, figure))}`;
      const perSync = (runs: readonly Run[]): string =>
        short(median(runs.map((run) => run.rows / (run.syncs || Number.NaN))));
      const loop = `${short(medianOf(millrace, 'eventLoopP99Ms'))}/${short(medianOf(millrace, 'eventLoopMaxMs'))}`;
      return [
        workload.name,
        ...[both('p50Ms', short), both('p99Ms', short), both('p999Ms', short)],
        postgres.length === 0 ? perSync(millrace) : `${perSync(millrace)} | ${perSync(postgres)}`,
        ...[both('cpuMicrosPerRow', short), both('clientCpuMicrosPerRow', short)],
        both('peakBytes', (bytes) => whole((bytes ?? 0) / 2 ** 20)),
        loop,
        workload.reads === true ? both('reads', short) : '',
      ];
    }),
  ];
}

/** Aligned: the first column to the left, the others to the right. */
export function alignedTable(table: readonly (readonly string[])[]): string {
  const widths =
    table[0]?.map((_, column) =>
      Math.max(...table.filter((line) => line.length > 2).map((line) => line[column]?.length ?? 0)),
    ) ?? [];
  return table
    .map((line) =>
      line
        .map((cell, column) =>
          column === 0 || line.length === 2
            ? cell.padEnd(column === 0 ? (widths[0] ?? 0) : 0)
            : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}

/** How many processes wanted a processor over the last minute. */
const QUIET_LOAD_MAX = 0.5;

/** Why the ratios are not to be believed; null = the machine had nothing else to do. Not for long after a run: it is a load too. */
export function whyNoisy(): string | null {
  const load = loadavg()[0] ?? 0;
  if (load <= QUIET_LOAD_MAX) return null;
  return `WARNING: other programs keep this machine busy (load ${load.toFixed(1)}): PostgreSQL's many processes then get more of it than one server process`;
}

/** The machine, in a line. */
export function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model.trim()}; Node ${process.version}; client and servers share it`;
}

const whole = (value: number | null): string => (value === null ? '-' : Math.round(value).toLocaleString('en-US'));
const short = (value: number | null): string =>
  value === null || Number.isNaN(value) ? '-' : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
const ratio = (a: number | null, b: number | null): string => (a === null || b === null ? '-' : (a / b).toFixed(2));
