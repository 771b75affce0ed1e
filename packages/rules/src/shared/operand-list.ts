import { type Expr, isVolatile, sameExpr } from '@millrace/core';
import { printExpr } from '@millrace/planner';

/** Up to this many operands are compared one by one, which needs no texts. */
const COMPARED_MAX = 16;

/**
 * Operands of AND or OR that are kept, in order. `repeats` tells whether the same operand was added earlier (it was evaluated already, without
 * error, and its value is known) in time that does not grow with the list: long lists are looked up by the operands' texts, and what has the
 * same text is compared.
 */
export class OperandList {
  readonly items: Expr[] = [];
  #byText: Map<string, Expr[]> | null = null;

  add(operand: Expr): void {
    this.items.push(operand);
    if (this.#byText !== null) this.#remember(this.#byText, operand);
  }

  repeats(operand: Expr): boolean {
    if (isVolatile(operand)) return false;
    return this.#candidates(operand).some((other) => sameExpr(other, operand));
  }

  clear(): void {
    this.items.length = 0;
    this.#byText = null;
  }

  #candidates(operand: Expr): readonly Expr[] {
    if (this.items.length <= COMPARED_MAX) return this.items;
    if (this.#byText === null) {
      this.#byText = new Map();
      for (const item of this.items) this.#remember(this.#byText, item);
    }
    return this.#byText.get(printExpr(operand)) ?? [];
  }

  #remember(byText: Map<string, Expr[]>, operand: Expr): void {
    const text = printExpr(operand);
    const same = byText.get(text);
    if (same === undefined) byText.set(text, [operand]);
    else same.push(operand);
  }
}
