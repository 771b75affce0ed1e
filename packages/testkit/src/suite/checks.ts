/** The name of one check. */
export type CheckName =
  | 'throws'
  | 'frozen'
  | 'columns'
  | 'valid'
  | 'churn'
  | 'settles'
  | 'ends'
  | 'repeats'
  | 'volatile'
  | 'couldApply'
  | 'rows'
  | 'order'
  | 'inserted'
  | 'errors'
  | 'nullability';

/** What a test calls it, and the group that it stands in. */
export interface Check {
  readonly group: 'laws' | 'equivalence';
  readonly title: string;
}

/** What is asked of a rule, by name: the laws need no data, the equivalence compares answers. Each is a test of its own. */
export const CHECKS: Readonly<Record<CheckName, Check>> = Object.freeze({
  throws: { group: 'laws', title: 'never throws' },
  frozen: { group: 'laws', title: 'never mutates the plan it is given' },
  columns: { group: 'laws', title: 'produces the same columns' },
  valid: { group: 'laws', title: 'makes valid plans' },
  churn: { group: 'laws', title: 'rebuilds no node without a change' },
  settles: { group: 'laws', title: 'changes nothing when it runs again' },
  ends: { group: 'laws', title: 'comes to an end when it runs again and again' },
  repeats: { group: 'laws', title: 'makes the same plan each time' },
  volatile: { group: 'laws', title: 'adds no evaluation of a volatile expression' },
  couldApply: { group: 'laws', title: 'does not deny with couldApply or needs what it does' },
  rows: { group: 'equivalence', title: 'gives the same rows' },
  order: { group: 'equivalence', title: 'keeps the order of rows' },
  inserted: { group: 'equivalence', title: 'inserts the same rows' },
  errors: { group: 'equivalence', title: 'raises no other errors' },
  nullability: { group: 'equivalence', title: 'has no NULL where it says NOT NULL' },
});

/** What a rule does wrong on one plan: the check and how it failed. */
export type Problems = Map<CheckName, string>;
