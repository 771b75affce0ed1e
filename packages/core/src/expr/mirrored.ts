import type { CompareOp } from './expr.ts';

/** The operator that says the same of exchanged sides: `5 < x` is `x > 5`. */
export const MIRRORED: Readonly<Record<CompareOp, CompareOp>> = Object.freeze({
  '=': '=',
  '<>': '<>',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  'is-distinct': 'is-distinct',
  'is-not-distinct': 'is-not-distinct',
});
