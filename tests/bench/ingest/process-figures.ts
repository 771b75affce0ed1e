import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;
const NS_PER_SECOND = 1e9;
const SAMPLE_MS = 100;

/** Processor time of a process and its children, ended ones too. From /proc, so Linux only, as all figures here; zero elsewhere. */
export function cpuSeconds(pid: number): number {
  const fields = statOf(pid);
  const ended = (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
  return [pid, ...childrenOf(pid)].reduce((seconds, member) => seconds + ownSeconds(member), ended);
}

/** Of its threads, in nanoseconds there: the ticks of /proc/PID/stat are too coarse for a backend that lives for a second. */
function ownSeconds(pid: number): number {
  const threads = entries(`/proc/${pid}/task`);
  const spent = threads.map((thread) => Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]));
  return spent.reduce((sum, nanoseconds) => sum + nanoseconds, 0) / NS_PER_SECOND;
}

/** Memory of a process and its children; pages that several of them share count once. Slow: it walks their pages. */
export function familyBytes(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce(
    (bytes, member) => bytes + kilobytes(read(`/proc/${member}/smaps_rollup`), 'Pss'),
    0,
  );
}

/** The memory of one process. */
export function residentBytes(pid: number): number {
  return kilobytes(read(`/proc/${pid}/status`), 'VmRSS');
}

/** Memory over time: seconds since the beginning, and bytes. */
export type MemoryCurve = readonly (readonly [seconds: number, bytes: number])[];

/** The memory of one process while it runs, sampled. `stop` returns its curve. */
export function watchMemory(pid: number): { stop(): MemoryCurve } {
  const start = performance.now();
  const curve: [number, number][] = [];
  const sample = (): void => void curve.push([(performance.now() - start) / 1_000, residentBytes(pid)]);
  sample();
  const timer = setInterval(sample, SAMPLE_MS);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return curve;
    },
  };
}

/** The fields of /proc/PID/stat from the third on: after the name, which may hold anything. */
function statOf(pid: number): readonly string[] {
  return read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
}

function childrenOf(pid: number): readonly number[] {
  const processes = entries('/proc').filter((name) => /^\d+$/.test(name));
  return processes.map(Number).filter((other) => Number(statOf(other)[1]) === pid);
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function kilobytes(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
