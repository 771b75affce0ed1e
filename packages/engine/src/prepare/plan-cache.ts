import type { CatalogSnapshot } from '@millrace/core';
import type { PreparedPlan } from './prepared-plan.ts';

/** `charactersMax` bounds all keys together: plans are as long as their texts. */
export interface PlanCacheLimits {
  readonly entriesMax: number;
  readonly charactersMax: number;
}

/**
 * Plans by (text, parameter types, search_path, rule set, planning settings), least recently used out first. A plan is given out only while every
 * name it resolved still means the same (table id, schema id), so no plan outlives a DDL statement.
 */
export class PlanCache {
  readonly #limits: PlanCacheLimits;
  readonly #plans = new Map<string, PreparedPlan>();
  #characters = 0;

  constructor(limits: PlanCacheLimits) {
    this.#limits = limits;
  }

  /** The plan if it is there and means the same in `snapshot`. One that does not is forgotten. */
  get(key: string, snapshot: CatalogSnapshot): PreparedPlan | undefined {
    const plan = this.#plans.get(key);
    if (plan === undefined) return undefined;
    this.#delete(key);
    if (!isValid(plan, snapshot)) return undefined;
    this.#add(key, plan);
    return plan;
  }

  put(key: string, plan: PreparedPlan): void {
    if (key.length > this.#limits.charactersMax) return;
    this.#delete(key);
    this.#add(key, plan);
    for (const oldest of this.#plans.keys()) {
      if (this.#plans.size <= this.#limits.entriesMax && this.#characters <= this.#limits.charactersMax) break;
      this.#delete(oldest);
    }
  }

  #add(key: string, plan: PreparedPlan): void {
    this.#plans.set(key, plan);
    this.#characters += key.length;
  }

  #delete(key: string): void {
    if (this.#plans.delete(key)) this.#characters -= key.length;
  }
}

/** Whether every name that the plan resolved still means the same table with the same schema. */
export function isValid(plan: PreparedPlan, snapshot: CatalogSnapshot): boolean {
  return plan.references.every((reference) => {
    const table = snapshot.table(reference.schemaName, reference.name);
    return table?.tableId === reference.tableId && table?.schemaId === reference.schemaId;
  });
}
