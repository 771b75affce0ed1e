import { type DataType, type Expr, type ExprOf, failure, formatType, LIMITS, types } from '@millrace/core';
import { positionOf } from './position.ts';
import { sameBaseType, withoutModifiers } from './type-facts.ts';

/**
 * The types of $1, $2 ... as they become known: declared, or taken from the first place that needs a type. A later place that needs another
 * one is 42P08, a parameter nothing tells a type for is 42P18, both as in PostgreSQL.
 */
export class ParameterTypes {
  private readonly known: (DataType | null)[];
  private readonly unresolved: Set<ExprOf<'parameter'>> = new Set();
  private readonly positions: WeakMap<Expr, number>;

  constructor(declared: readonly (DataType | null)[], positions: WeakMap<Expr, number>) {
    this.known = declared.map((type) => (type === null || type.kind === 'unknown' ? null : withoutModifiers(type)));
    this.positions = positions;
  }

  /** `$index` at some place of the text; its type is unknown until `resolve`. */
  reference(index: number, at: number | null): Expr {
    if (index < 1 || index > LIMITS.parametersMax) {
      throw failure('undefinedParameter', { parameter: `$${index}` }, { position: positionOf(at) });
    }
    while (this.known.length < index) this.known.push(null);
    const expr: ExprOf<'parameter'> = { kind: 'parameter', index, type: this.known[index - 1] ?? types.unknown };
    if (at !== null) this.positions.set(expr, at);
    if (expr.type.kind === 'unknown') this.unresolved.add(expr);
    return expr;
  }

  /** The parameter as a value of `type`, which it has from now on. */
  resolve(expr: ExprOf<'parameter'>, type: DataType): Expr {
    const wanted = withoutModifiers(type);
    const known = this.known[expr.index - 1] ?? null;
    if (known !== null && !sameBaseType(known, wanted)) {
      throw failure(
        'ambiguousParameter',
        { message: `inconsistent types deduced for parameter $${expr.index}` },
        {
          detail: `${formatType(known)} versus ${formatType(wanted)}`,
          position: positionOf(this.positions.get(expr)),
        },
      );
    }
    this.known[expr.index - 1] = wanted;
    this.unresolved.delete(expr);
    return { ...expr, type: wanted };
  }

  /** All types, at the end of the statement. */
  finish(): readonly DataType[] {
    for (const expr of this.unresolved) {
      const position = positionOf(this.positions.get(expr));
      if (this.known[expr.index - 1] === null)
        throw failure('indeterminateType', { parameter: `$${expr.index}` }, { position });
      const message = `could not determine data type of parameter $${expr.index}`;
      throw failure('ambiguousParameter', { message }, { position });
    }
    return this.known.map((type, i) => {
      if (type === null) throw failure('indeterminateType', { parameter: `$${i + 1}` });
      return type;
    });
  }
}
