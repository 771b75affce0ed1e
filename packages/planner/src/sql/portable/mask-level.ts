import { maskOperand } from './mask-operand.ts';
import { maskOperator } from './mask-operator.ts';
import { maskQueryStart } from './mask-query.ts';
import { maskRelation } from './mask-relation.ts';
import type { Masking } from './masking.ts';
import { syntaxError } from './refusal.ts';

/**
 * Masks one level of the text: what the parser is to see of it. Names and operands become placeholders `v0`, `v1` ...; what stands in parentheses has been read
 * by itself, casts and tests are taken out, and every operator but AND and OR is shown as `+`, whose grouping means nothing:
 *
 *     a.x + -"B" ->> 'k' = f(1) AND c IS NULL   is shown as   v0.v2 + v3 + v5 + v7( v9 ) AND v12
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
  if (m.expects !== 'operator') throw syntaxError(m.reading.sql, undefined);
}
