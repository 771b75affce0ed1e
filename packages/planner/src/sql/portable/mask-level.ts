import { maskOperand } from './mask-operand.ts';
import { maskOperator } from './mask-operator.ts';
import { maskQueryStart } from './mask-query.ts';
import { maskRelation } from './mask-relation.ts';
import type { Masking } from './masking.ts';
import { syntaxErrorBehind } from './refusal.ts';

/**
 * Masks one level of the text: what the parser is to see of it. Names and operands become placeholders `v0`, `v1` ...; what stands in parentheses has been read
 * by itself, prefixes, casts and tests are taken out, and every operator is shown as `+`, AND and OR too, since the parser groups them wrongly:
 *
 *     a.x + -"B" ->> 'k' = f(1) AND c IS NULL   is shown as   v0.v2 + v4 + v6 + v8 ( v10 ) + v13
 */
export function maskLevel(m: Masking): void {
  while (m.next < m.items.length) {
    switch (m.expects) {
      case 'query':
        maskQueryStart(m);
        break;
      case 'operand':
        maskOperand(m);
        break;
      case 'relation':
        maskRelation(m);
        break;
      case 'operator':
        maskOperator(m);
        break;
      default:
        m.expects satisfies never;
    }
  }
  if (m.expects !== 'operator') throw syntaxErrorBehind(m.reading.sql, m.items[m.items.length - 1]);
}
