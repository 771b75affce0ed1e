import type { CatalogSnapshot } from '@millrace/core';
import type { PreparedPlan } from './prepared-plan.ts';

/**
 * Plans by (text, parameter types, search_path, rule set, planning settings), least recently used out first. A plan is given out only while every
 * name it resolved still means the same (table id, schema id), so no plan outlives a DDL statement.
 */
export class PlanCache {
  readonly #entriesMax: number;
  readonly #plans = new Map<string, PreparedPlan>();

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get(key: string, snapshot: CatalogSnapshot): PreparedPlan | undefined {
    const plan = this.#plans.get(key);
    if (plan === undefined) return undefined;
    this.#plans.delete(key);
    if (!isValid(plan, snapshot)) return undefined;
    this.#plans.set(key, plan);
    return plan;
  }

  put(key: string, plan: PreparedPlan): void {
    this.#plans.set(key, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= this.#entriesMax) break;
      this.#plans.delete(oldest);
    }
  }
}

/** Whether every name that the plan resolved still means the same table with the same schema. */
export function isValid(plan: PreparedPlan, snapshot: CatalogSnapshot): boolean {
  return plan.references.every((reference) => {
    const table = snapshot.table(reference.schemaName, reference.name);
    return table?.tableId === reference.tableId && table?.schemaId === reference.schemaId;
  });
}
