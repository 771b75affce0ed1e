export { arrowTypeOf, PG_TYPE_METADATA } from './arrow-type.ts';
export * from './decode-tree.ts';
export * from './encode-tree.ts';
export * from './from-arrow.ts';
export * from './ipc-stream.ts';
export * from './to-arrow.ts';
export * from './tree.ts';
