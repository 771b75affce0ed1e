export { type LocalObjectStoreOptions, localObjectStore } from './store/local-object-store.ts';
export { memoryObjectStore } from './store/memory-object-store.ts';
