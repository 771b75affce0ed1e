import type { ParsedStatement } from '@millrace/planner';
import type { PreparedPlan } from '../prepare/prepared-plan.ts';

/** What is known of a template: the text of a statement without the literals that are lifted out of it. */
export type LiteralTemplate =
  /** Came once. It was parsed whole, and would be again if it never came back. */
  | { readonly kind: 'seen' }
  /** `text` cannot stand for its statements; asked again when the catalog is another one. */
  | { readonly kind: 'refused'; readonly text: string; readonly catalog: unknown }
  | { readonly kind: 'planned'; readonly parsed: ParsedStatement; readonly plan: PreparedPlan };

/** `charactersMax` bounds all keys together. */
export interface LiteralTemplateLimits {
  readonly entriesMax: number;
  readonly charactersMax: number;
}

/** Templates by their text and what planning depends on besides, least recently used out first. Shared by the sessions. */
export class LiteralTemplates {
  readonly #limits: LiteralTemplateLimits;
  readonly #templates = new Map<string, LiteralTemplate>();
  #characters = 0;

  constructor(limits: LiteralTemplateLimits) {
    this.#limits = limits;
  }

  get(key: string): LiteralTemplate | undefined {
    const template = this.#templates.get(key);
    if (template === undefined) return undefined;
    this.#templates.delete(key);
    this.#templates.set(key, template);
    return template;
  }

  put(key: string, template: LiteralTemplate): void {
    if (key.length > this.#limits.charactersMax) return;
    this.#delete(key);
    this.#templates.set(key, template);
    this.#characters += key.length;
    for (const oldest of this.#templates.keys()) {
      if (this.#templates.size <= this.#limits.entriesMax && this.#characters <= this.#limits.charactersMax) break;
      this.#delete(oldest);
    }
  }

  #delete(key: string): void {
    if (this.#templates.delete(key)) this.#characters -= key.length;
  }
}
