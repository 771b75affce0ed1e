export * from './optimize/rule.ts';
export * from './physical/physical-plan.ts';
export * from './plan/columns.ts';
export * from './plan/logical-plan.ts';
export * from './plan/rewrite.ts';
export * from './sql/ast.ts';
