import type { Clock } from '@millrace/core';
import type { PhysicalPlan } from '@millrace/planner';

/** What EXPLAIN ANALYZE prints for one operator, summed over its loops. */
export interface OperatorStatistics {
  rows: number;
  batches: number;
  /** Time between asking for a batch and getting it, inputs included. */
  micros: number;
  /** How often it ran: once, or once per outer row inside an Apply. */
  loops: number;
  /** What the operator says about itself: a scan's `describe()`. */
  detail: string | null;
}

/** Statistics by plan node (by identity). */
export interface StatisticsCollector {
  readonly clock: Pick<Clock, 'monotonicMs'>;
  /** The node's entry, made on first use. */
  of(plan: PhysicalPlan): OperatorStatistics;
  /** undefined for a node that never ran. */
  read(plan: PhysicalPlan): OperatorStatistics | undefined;
}

/** A collector for one execution. */
export function createStatistics(clock: Pick<Clock, 'monotonicMs'>): StatisticsCollector {
  const entries = new Map<PhysicalPlan, OperatorStatistics>();
  return {
    clock,
    read: (plan: PhysicalPlan) => entries.get(plan),
    of(plan: PhysicalPlan): OperatorStatistics {
      let entry = entries.get(plan);
      if (entry === undefined) {
        entry = { rows: 0, batches: 0, micros: 0, loops: 0, detail: null };
        entries.set(plan, entry);
      }
      return entry;
    },
  };
}
