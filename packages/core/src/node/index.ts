export * from './clock.ts';
export * from './failpoints.ts';
export { lockFile } from './file-lock.ts';
export * from './file-system.ts';
export * from './listener.ts';
export { claimOwnerFile } from './owner-file.ts';
export * from './random.ts';
export * from './workers.ts';
export * from './world.ts';
