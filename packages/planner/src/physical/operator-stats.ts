/** What an operator did in one execution, over all its runs (an apply runs its subquery once per row). */
export interface OperatorStats {
  /** Rows and batches it produced. */
  rows: number;
  batches: number;
  /** Time between asking for a batch and having it, its inputs' time included. */
  micros: number;
  /** How often it was started; 0 = never executed. */
  loops: number;
  /** What a scan skipped and read (`PreparedScan.describe`), or null. */
  detail: string | null;
}

/** One entry per operator, by its index in `physicalPreorder(plan)`; so it works for plans that were cloned to another thread. */
export type PlanStats = readonly OperatorStats[];
