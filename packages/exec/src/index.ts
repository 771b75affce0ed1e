export * from './aggregates/definition.ts';
export * from './compile-plan.ts';
export * from './registry.ts';
export * from './run/operator.ts';
export * from './run/outer-columns.ts';
export * from './run/statistics.ts';
export * from './run/task-context.ts';
export * from './table-functions/definition.ts';
