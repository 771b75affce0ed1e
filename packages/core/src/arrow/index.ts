export * from './decode-tree.ts';
export * from './encode-tree.ts';
export * from './tree.ts';
