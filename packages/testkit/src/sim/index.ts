export * from './seeded-random.ts';
export * from './sim-clock.ts';
export * from './sim-disk.ts';
export * from './sim-failpoints.ts';
export * from './sim-faults.ts';
export type { CrashMode } from './sim-file.ts';
export * from './sim-listener.ts';
export * from './sim-workers.ts';
