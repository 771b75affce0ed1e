import type { SwitchableRule } from '@millrace/planner';
import { type Coverage, percent } from './coverage.ts';
import type { HuntOptions } from './hunt.ts';
import { missingPairs, PAIRS_TOTAL } from './pairwise.ts';
import { JOIN_TYPES } from './plan-facts.ts';

/** What the runs of a suite must have seen, or they prove nothing. */
export type GateName = 'fired' | 'rows' | 'nulls' | 'duplicates' | 'ties' | 'joins' | 'select' | 'where' | 'pairs';

/** One condition on the coverage. */
export interface Gate {
  readonly name: GateName;
  readonly title: string;
  /** What is missing; null if nothing is. */
  missing(coverage: Coverage): string | null;
}

/** Least shares: of the runs that fired, of all runs for joins, of the pairs. */
const ROWS_MIN = 0.1;
const SEEN_MIN = 0.01;
const PAIRS_MIN = 0.75;

/**
 * The gates of a rule, which follow from what it looks at: limits and sorts must cut ties, joins must be of each type, predicates must stand where
 * the rule can meet them. Every rule must fire, on rows, with NULLs and duplicates among them.
 */
export function gatesOf(
  rule: SwitchableRule,
  options: Pick<HuntOptions, 'shapes'> & { readonly minFired: number },
): readonly Gate[] {
  // What is written is proved by what arrives; the gates on queries are for shapes of queries.
  const queries = options.shapes.filter(([root]) => root !== 'insert');
  const shaped = new Set<string>(queries.flat());
  const kinds = new Set<string>([...shaped, ...(rule.stage === 'logical' ? rule.on : [])]);
  const ofFired = (name: GateName, title: string, least: number, count: (coverage: Coverage) => number): Gate => ({
    name,
    title,
    missing(coverage) {
      const wanted = Math.max(1, least * coverage.fired);
      const found = count(coverage);
      return found >= wanted ? null : `${title}: ${percent(found, coverage.fired)} of ${coverage.fired} runs`;
    },
  });
  return [
    {
      name: 'fired',
      title: `fires in at least ${options.minFired * 100} % of the runs`,
      missing: ({ fired, runs }) =>
        fired >= options.minFired * runs ? null : `it fired in ${fired} of ${runs} runs (${percent(fired, runs)})`,
    },
    ofFired('rows', 'fires where rows come out', ROWS_MIN, ({ nonEmpty }) => nonEmpty),
    ofFired('nulls', 'fires where NULLs come out', SEEN_MIN, ({ nulls }) => nulls),
    ofFired('duplicates', 'fires where rows repeat', SEEN_MIN, ({ duplicates }) => duplicates),
    ...(shaped.has('limit') ? [tieGate] : []),
    ...(shaped.has('join') ? [joinGate] : []),
    ...(kinds.has('project')
      ? [ofFired('select', 'fires with predicates in SELECT', SEEN_MIN, ({ predicatesInSelect }) => predicatesInSelect)]
      : []),
    ...(kinds.has('filter')
      ? [ofFired('where', 'fires with predicates in WHERE', SEEN_MIN, ({ predicatesInWhere }) => predicatesInWhere)]
      : []),
    ...(queries.length > 0 ? [pairGate] : []),
  ];
}

const tieGate: Gate = {
  name: 'ties',
  title: 'meets limits that cut between equal rows',
  missing: ({ ties, runs }) => (ties > 0 ? null : `no limit cuts between equal rows in ${runs} runs`),
};

const joinGate: Gate = {
  name: 'joins',
  title: 'meets each type of join',
  missing({ offered, runs }) {
    const rare = JOIN_TYPES.filter((type) => (offered.get(`join ${type}`) ?? 0) < Math.max(1, SEEN_MIN * runs));
    return rare.length === 0 ? null : `too few joins are ${rare.join(', ')}`;
  },
};

const pairGate: Gate = {
  name: 'pairs',
  title: `meets ${PAIRS_MIN * 100} % of the pairs of {join, NULLs, limit, distinct, aggregate}`,
  missing({ pairs }) {
    if (pairs.size >= PAIRS_MIN * PAIRS_TOTAL) return null;
    return `${pairs.size} of ${PAIRS_TOTAL} pairs; not: ${missingPairs(pairs).slice(0, 12).join('; ')} ...`;
  },
};
