import { type Measured, medianOf } from './report.ts';
import type { Run } from './run-workload.ts';

/** What a ratio to PostgreSQL at equal durability should be: `floor` a bare prototype without planner or Delta reached, `aim` is wanted. */
interface Goal {
  readonly what: string;
  readonly floor: number;
  readonly aim: number;
  /** Lower is better. */
  readonly isCost?: boolean;
  readonly ratio: (find: (name: string) => Measured | undefined) => number | null;
}

type Ratio = Goal['ratio'];

const figure = (runs: readonly Run[] | undefined, name: 'sustained' | 'burst' | 'p99Ms'): number | null =>
  runs === undefined ? null : medianOf(runs, name);
const divide = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a / b);
const sustained =
  (name: string): Ratio =>
  (find) =>
    divide(figure(find(name)?.millrace, 'sustained'), figure(find(name)?.postgres, 'burst'));

const GOALS: readonly Goal[] = [
  { what: '1 row prepared, 32 connections', floor: 1.7, aim: 3, ratio: sustained('prepared-10x1-c32') },
  { what: '... with 8 pipelined', floor: 4, aim: 6, ratio: sustained('prepared-10x1-c32-p8') },
  { what: '100 rows, 10 columns, 8 connections', floor: 1.25, aim: 2, ratio: sustained('prepared-10x100-c8') },
  { what: '100 rows, 88 columns, 1 connection', floor: 1.8, aim: 2.5, ratio: sustained('prepared-88x100-c1') },
  { what: '100 rows, 88 columns, 8 connections', floor: 1.5, aim: 2.5, ratio: sustained('prepared-88x100-c8') },
  { what: 'plain text, 100 rows, 10 columns', floor: 1.5, aim: 3, ratio: sustained('text-10x100-c8') },
  { what: 'plain text, 100 rows, 88 columns', floor: 2.5, aim: 3, ratio: sustained('text-88x100-c8') },
  { what: 'COPY text, 10 columns', floor: 1.1, aim: 2, ratio: sustained('copy-text-10x20000-c1') },
  { what: 'COPY text, 88 columns', floor: 1.25, aim: 2, ratio: sustained('copy-text-88x20000-c1') },
  { what: 'COPY csv, 10 columns', floor: 1.2, aim: 2, ratio: sustained('copy-csv-10x20000-c1') },
  { what: 'COPY binary, 10 columns', floor: 0.9, aim: 1.5, ratio: sustained('copy-binary-10x20000-c1') },
  {
    what: 'p99 of acknowledgements, 32 writers x 30 rows x 88 columns',
    floor: 0.5,
    aim: 0.2,
    isCost: true,
    ratio: (find) => {
      const run = find('prepared-88x30-c32');
      return divide(figure(run?.millrace, 'p99Ms'), figure(run?.postgres, 'p99Ms'));
    },
  },
  {
    what: '32 writers compared with 16',
    floor: 0.95,
    aim: 1,
    ratio: (find) =>
      divide(
        figure(find('prepared-88x30-c32')?.millrace, 'sustained'),
        figure(find('prepared-88x30-c16')?.millrace, 'sustained'),
      ),
  },
  { what: '1 row, 1 connection', floor: 0.8, aim: 1, ratio: sustained('prepared-10x1-c1') },
];

/** How the measured stands to the goals; those that nothing was measured for are left out. */
export function goalsTable(measured: readonly Measured[]): readonly (readonly string[])[] {
  const find = (name: string): Measured | undefined => measured.find(({ workload }) => workload.name === name);
  const lines = GOALS.flatMap(({ what, floor, aim, isCost = false, ratio }) => {
    const value = ratio(find);
    if (value === null) return [];
    const reaches = (bound: number): boolean => (isCost ? value <= bound : value >= bound);
    const verdict = reaches(aim) ? 'aim' : reaches(floor) ? 'floor' : 'below';
    return [[what, value.toFixed(2), String(floor), String(aim), verdict]];
  });
  return [['ratio, sustained', 'measured', 'floor', 'aim', 'reached'], ...lines];
}
